import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

const bin = resolve(__dirname, '../../dist/src/bin')

describe('syncfleet', () => {
  test('listens to signals before it loads what it runs', async () => {
    // What is loaded by the time it listens, one file a line.
    const script = `
      process.once('newListener', (name) => console.log(name, ...Object.keys(require.cache)))
      process.argv[2] = '--version'
      require(process.argv[1])`
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, `${bin}/syncfleet.js`])
    const [listening = ''] = stdout.split('\n')
    expect(listening).toMatch(/^SIGINT /)
    expect(listening).toContain(`${bin}/run-process.js`)
    expect(listening).not.toMatch(/program\.js|\/config\/|\/jobs\/|\/(ioredis|pg|zod)\//)
  })

  test('ends without a word when nobody reads what it prints any more', async () => {
    const piped = `"${process.execPath}" "${bin}/syncfleet.js" --help | true; echo "code \${PIPESTATUS[0]}"`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', piped])
    expect({ stdout, stderr }).toEqual({ stdout: 'code 0\n', stderr: '' })
  })
})
