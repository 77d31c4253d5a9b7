import { randomBytes } from 'node:crypto'
import { Option, type Command } from 'commander'
import { Passwords } from '../../dashboard/passwords'
import { listUsers, roles, type ListedUser, type Role } from '../../ledger/users'
import { addUser, changeRole, removeUser, setPassword } from '../../runs/control/users'
import type { CommandContext } from './context'
import { UsageError } from './outcome'
import { showJson, showRows, withJson, type Column, type ShowOptions } from './show'

const columns: readonly Column<ListedUser>[] = [
  ['name', ({ name }) => name],
  ['role', ({ role }) => role],
  ['created', ({ createdAt }) => createdAt],
  ['changed', ({ updatedAt }) => updatedAt],
]

interface PasswordOptions extends ShowOptions {
  readonly generate?: boolean
}

/** `users list|add|role|password|remove` */
export function addUsers(program: Command, context: CommandContext): void {
  const users = program.command('users').description('who may log in to the dashboard')

  withJson(users.command('list'))
    .description('all users and their roles')
    .action(async (options: ShowOptions) => {
      await using ledger = await context.openLedger()
      showRows(context, options, await listUsers(ledger.database), columns)
    })

  withPassword(users.command('add'))
    .description('add a user')
    .argument('<name>', 'how they log in')
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).default('viewer'))
    .action(async (name: string, { role, ...options }: PasswordOptions & { readonly role: Role }) => {
      await using ledger = await context.openLedger()
      const { password, generated } = await passwordFor(context, options)
      await addUser(ledger, { name, role, password }, { by: context.by, hash })
      told(context, options, { name, role, ...generated }, `${name} can log in, as ${role}`)
    })

  withJson(users.command('role'))
    .description(
      'give a user another role; logs them out everywhere, and revokes their tokens that can do more',
    )
    .argument('<name>', 'as in `users list`')
    .argument('<role>', roles.join(', '))
    .action(async (name: string, role: string, options: ShowOptions) => {
      const known = roles.find((each) => each === role)
      if (!known) throw new UsageError(`"${role}" is no role: expected ${roles.join(', ')}`)
      await using ledger = await context.openLedger()
      await changeRole(ledger, name, known, { by: context.by })
      told(context, options, { name, role: known }, `${name} is ${known} now, and logged out everywhere`)
    })

  withPassword(users.command('password'))
    .description('set a user’s password; logs them out everywhere')
    .argument('<name>', 'as in `users list`')
    .action(async (name: string, options: PasswordOptions) => {
      await using ledger = await context.openLedger()
      const { password, generated } = await passwordFor(context, options)
      await setPassword(ledger, name, password, { by: context.by, hash })
      told(
        context,
        options,
        { name, ...generated },
        `${name} has a new password, and is logged out everywhere`,
      )
    })

  withJson(users.command('remove'))
    .description('remove a user; logs them out everywhere, and revokes the tokens that they created')
    .argument('<name>', 'as in `users list`')
    .action(async (name: string, options: ShowOptions) => {
      await using ledger = await context.openLedger()
      await removeUser(ledger, name, { by: context.by })
      told(context, options, { name }, `${name} is no user any more`)
    })
}

const withPassword = (command: Command): Command =>
  withJson(command).option(
    '--generate',
    'make up a password and print it, once; else it is read from standard input',
  )

const passwords = new Passwords()
const hash = async (password: string): Promise<string> => passwords.hash(password)

/** Never an argument: other processes of the machine see those. One line end at the end is not part of it. */
async function passwordFor(
  context: CommandContext,
  { generate = false }: PasswordOptions,
): Promise<{ readonly password: string; readonly generated?: { readonly password: string } }> {
  if (generate) {
    const password = randomBytes(18).toString('base64url')
    return { password, generated: { password } }
  }
  const password = (await context.readInput()).replace(/\r?\n$/, '')
  if (password === '') throw new UsageError('give the password on standard input, or add --generate')
  return { password }
}

function told(
  context: CommandContext,
  { json }: ShowOptions,
  facts: { readonly name: string; readonly role?: Role; readonly password?: string },
  words: string,
): void {
  if (json) return showJson(context, facts)
  context.print(words)
  if (facts.password !== undefined) context.print(`password: ${facts.password}`)
}
