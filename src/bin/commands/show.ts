import type { Command } from 'commander'
import type { CommandContext } from './context'

/** What every command understands. */
export interface ShowOptions {
  readonly json?: boolean
}

/** Adds `--json` to a command. */
export const withJson = (command: Command): Command =>
  command.option('--json', 'print JSON for programs instead of text for people')

/** A column of a table: its head, and what it shows of a row. */
export type Column<Row> = readonly [
  head: string,
  cell: (row: Row) => string | number | Date | null | undefined,
]

/** Prints rows as a table, or as a JSON array. */
export function showRows<Row>(
  context: CommandContext,
  { json }: ShowOptions,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): void {
  if (json) return showJson(context, rows)
  if (rows.length === 0) return context.print('none')
  const lines = [
    columns.map(([head]) => head.toUpperCase()),
    ...rows.map((row) => columns.map(([, cell]) => inText(cell(row)))),
  ]
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  for (const line of lines)
    context.print(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

export const showJson = (context: CommandContext, value: unknown): void =>
  context.print(JSON.stringify(value, null, 2))

function inText(cell: string | number | Date | null | undefined): string {
  if (cell === null || cell === undefined) return '-'
  return cell instanceof Date ? cell.toISOString().replace(/\.\d+Z$/, 'Z') : String(cell)
}
