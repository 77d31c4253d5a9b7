import type { Command } from 'commander'
import { recordAct } from '../../ledger/audit'
import { ActRefusedError } from '../../runs/control/act-refused'
import type { CommandContext } from './context'

/** A command as it was typed: its words, and what it was to be done to. */
interface Asked {
  readonly words: string
  readonly to: string
}

/** Does what the command line says. An act that is refused leaves a row in the audit log, as it does in the dashboard. */
export async function parseRecording(
  program: Command,
  context: CommandContext,
  parse: () => Promise<unknown>,
): Promise<void> {
  let asked: Asked | undefined
  program.hook('preAction', (_program, command) => {
    asked = askedOf(command)
  })
  try {
    await parse()
  } catch (error) {
    if (error instanceof ActRefusedError && asked) await recordRefusal(context, asked, error)
    throw error
  }
}

function askedOf(command: Command): Asked {
  const words: string[] = []
  // The outermost is the program itself.
  for (let at = command; at.parent; at = at.parent) words.unshift(at.name())
  return { words: words.join(' '), to: command.args.join(' ') }
}

/** It is refused either way, and says why: that the row could not be written would only hide that. */
async function recordRefusal(
  { openLedger, by }: CommandContext,
  { words, to }: Asked,
  { message }: ActRefusedError,
): Promise<void> {
  try {
    await using ledger = await openLedger()
    const subject = to === '' ? 'fleet' : to
    await recordAct(ledger.database, { ...by, action: words, subject, reason: message, outcome: 'refused' })
  } catch {
    // See above.
  }
}
