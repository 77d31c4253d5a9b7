import { z } from 'zod'
import { bigint, date } from '../../src/job/columns'
import { handleOf } from '../../src/job/stream-handles'
import { snapshotStream, upsertStream, windowStream } from '../../src/job/streams'

const columns = { id: bigint(), day: date() }
const orders = upsertStream({
  table: 'northwind_orders',
  key: ['id'],
  columns,
  overlap: 600_000,
  cursor: z.strictObject({ updated: z.iso.datetime() }),
  position: z.strictObject({ page: z.int() }),
})
const nothing = { cursor: null, position: null }
const cursor = { updated: '2026-03-01T00:00:00.000Z' }

describe('handleOf', () => {
  test('hands a sync what the ledger holds', () => {
    const handle = handleOf('orders', orders, { cursor, position: { page: 3 } })
    expect(handle).toMatchObject({ cursor, position: { page: 3 }, overlap: 600_000 })
  })

  test('takes a stored cursor or position that does not pass its schema for absent', () => {
    const handle = handleOf('orders', orders, {
      cursor: { updated: 'yesterday' },
      position: { page: 'three' },
    })
    expect(handle.cursor).toBeUndefined()
    expect(handle.position).toBeUndefined()
  })

  test('leaves cursor and position alone in a page that says nothing about them', () => {
    const records = [{ id: 1, day: '2026-03-01' }]
    expect(handleOf('orders', orders, nothing).page(records)).toEqual({ stream: 'orders', records })
  })

  test('moves cursor and position with a page', () => {
    const page = handleOf('orders', orders, nothing).page([], { cursor, position: { page: 4 } })
    expect(page).toEqual({ stream: 'orders', records: [], cursor, position: { page: 4 } })
  })

  test('drops the position and forgets what was seen when a window starts over', () => {
    const page = handleOf('orders', orders, nothing).restart()
    expect(page).toEqual({ stream: 'orders', records: [], position: null, restarts: true })
  })

  test('ends a slice of an upsert stream with its cursor', () => {
    const page = handleOf('orders', orders, nothing).complete(cursor)
    expect(page).toEqual({ stream: 'orders', records: [], cursor, position: null, completes: 'slice' })
  })

  test('ends a window of days, with or without a cursor', () => {
    const spend = windowStream({ table: 'northwind_spend', key: ['id'], columns, day: 'day' })
    const days = { from: '2026-03-01', to: '2026-03-03' }
    const handle = handleOf('spend', spend, { cursor: { any: 1 }, position: null })
    expect(handle.cursor).toEqual({ any: 1 })
    expect(handle.complete(days)).toEqual({ stream: 'spend', records: [], position: null, completes: days })
    expect(handle.complete(days, 'x')).toMatchObject({ cursor: 'x', completes: days })
  })

  test('ends a listing', () => {
    const stock = snapshotStream({ table: 'northwind_stock', key: ['id'], columns })
    const page = handleOf('stock', stock, nothing).complete()
    expect(page).toEqual({ stream: 'stock', records: [], position: null, completes: 'listing' })
  })

  test('says of records that are listed that the vendor has deleted them', () => {
    const records = [{ id: 1, day: '2026-03-01' }]
    const stock = snapshotStream({ table: 'northwind_stock', key: ['id'], columns })
    const page = handleOf('stock', stock, nothing).gone(records, { position: 'begun' })
    expect(page).toEqual({ stream: 'stock', records, position: 'begun', gone: true })
  })
})
