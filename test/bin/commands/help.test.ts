import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { type TestDatabase, testDatabase } from '../../support/database'
import { commandTree, consoleOf } from './console'

const program = commandTree()
const pathOf = (command: Command): string[] =>
  command.parent ? [...pathOf(command.parent), command.name()] : []
const withChildren = (command: Command): Command[] => [command, ...command.commands.flatMap(withChildren)]
const all = program.commands
  .flatMap(withChildren)
  .map((command) => [pathOf(command).join(' '), command] as const)

describe('help', () => {
  let database: TestDatabase
  beforeAll(async () => (database = await testDatabase()))
  afterAll(async () => database[Symbol.asyncDispose]())

  test.each(all)('of %s says what it does and what it takes', async (path, command) => {
    expect(command.description()).toMatch(/^\S.{8,}/)
    for (const option of command.options)
      expect([option.flags, option.description]).toEqual([option.flags, expect.stringMatching(/\S/)])
    for (const argument of command.registeredArguments)
      expect([argument.name(), argument.description]).toEqual([argument.name(), expect.stringMatching(/\S/)])

    const { code, printed } = await consoleOf(database).type([...path.split(' '), '--help'])
    expect(code).toBe(0)
    expect(printed).toContain(`Usage: syncfleet ${path}`)
  })

  test('of the program names every command and the exit codes', async () => {
    const entry = join(__dirname, '../../../dist/src/bin/syncfleet.js')
    const { stdout } = await promisify(execFile)(process.execPath, [entry, '--help'])
    for (const command of program.commands) expect(stdout).toMatch(new RegExp(`^  ${command.name()} `, 'm'))
    const listed = stdout
      .split('Commands:')[1]
      ?.match(/^ {2}[a-z-]+(?= )/gm)
      ?.map((name) => name.trim())
    expect(new Set(listed)).toEqual(new Set([...program.commands.map((command) => command.name()), 'help']))
    expect(stdout).toContain('Exit codes: 0 done, 1 failed, 2 wrong usage.')
  })
})
