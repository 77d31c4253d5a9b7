import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { minutes } from '../../src/lib/durations'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/** Where Chromium is; undefined where it is not installed. */
export const chromePath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** A test in a real browser; skipped, and saying so, where there is none. */
export const withChrome: typeof test = chromePath
  ? test
  : Object.assign(
      (name: string) => test.skip(`${name} (no Chromium on PATH: ${names.join(', ')})`, () => undefined),
      test,
    )

/** Milliseconds for the browser to start: no longer than a test may take, so that a busy machine fails none. */
const patience = minutes(2)

/** A fresh browser without a profile. Its owner closes it. */
export async function openChrome(): Promise<Browser & AsyncDisposable> {
  const browser = await chromium.launch({
    ...(chromePath ? { executablePath: chromePath } : {}),
    timeout: patience,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return Object.assign(browser, { [Symbol.asyncDispose]: async () => browser.close() })
}
