import { createHash } from 'node:crypto'
import type { RawCall } from './raw-call'

/** The columns of a copy that are compared. */
export const truthFields = [
  'call_id',
  'called_at',
  'direction',
  'status',
  'duration',
  'talk_time',
  'tag_list',
  'redacted',
  'source',
  'sale_value',
] as const
export type TruthRow = Readonly<Record<(typeof truthFields)[number], unknown>>

/** What a faithful copy of this call holds. */
export function truthOf(call: RawCall): TruthRow {
  const sale = call['sale'] as RawCall | undefined
  return {
    call_id: String(call['id']),
    called_at: new Date(Number(call['unix_time']) * 1000).toISOString(),
    direction: call['direction'] ?? null,
    status: call['status'] ?? null,
    duration: call['duration'] ?? null,
    talk_time: call['talk_time'] ?? null,
    tag_list: call['tag_list'] ?? [],
    redacted: call['redacted'] === true,
    source: call['source'] ?? null,
    sale_value: sale?.['value'] ?? null,
  }
}

/** The same for the same call, from the truth or from a row of the copy: instants as `Date` or text, numbers likewise. */
export function truthHash(row: TruthRow): string {
  const { called_at, sale_value, ...rest } = row
  const comparable = {
    ...rest,
    call_id: String(row.call_id),
    called_at: new Date(called_at as string | Date).toISOString(),
    sale_value: sale_value === null ? null : Number(sale_value),
  }
  const values = truthFields.map((field) => comparable[field])
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16)
}
