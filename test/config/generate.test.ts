import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { envExample, settingsPage } from '../../config/generate'
import { schemaOf } from '../../config/schema'
import { settingsIn } from '../../config/setting'

const read = (path: string): string => readFileSync(join(__dirname, '..', '..', path), 'utf8')

describe('generated references', () => {
  test('are what `npm run generate` would write', () => {
    expect(read('.env.example')).toBe(envExample())
    expect(read('docs/settings.md')).toBe(settingsPage())
  })

  test('name every setting once', () => {
    const names = [...envExample().matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name)

    const settings = settingsIn(schemaOf('production')).map(({ setting }) => setting.env)
    expect(new Set(names)).toEqual(new Set(['NODE_ENV', ...settings]))
    expect(new Set(names).size).toBe(names.length)
  })
})
