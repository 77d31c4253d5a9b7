import { get } from 'node:http'

/**
 * The health check of a container: ends with 0 where the process in it is ready, else with 1.
 * Run beside every process every few seconds, so it loads nothing of ours. Its arguments are the URLs to ask instead.
 */
const { HEALTH_PORT = '8081', PORT = '3000' } = process.env
const given = process.argv.slice(2)
const urls = given.length > 0 ? given : [HEALTH_PORT, PORT].map((port) => `http://127.0.0.1:${port}/readyz`)

/** Longer than a process takes to find out that its stores do not answer. */
const patience = 4000

void check()

async function check(): Promise<void> {
  process.exitCode = (await isReady()) ? 0 : 1
}

/** Scheduler and worker listen on one port, the dashboard on the other: whoever answers is the process we ask about. */
async function isReady(): Promise<boolean> {
  for (const url of urls) {
    const status = await statusOf(url)
    if (status !== undefined) return status === 200
  }
  return false
}

/** Undefined where nobody answers. */
async function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: patience }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(undefined))
  })
}
