import { throughOf } from '../../src/job/through'

describe('throughOf', () => {
  test.each([
    ['2026-11-21', '2026-11-21'],
    [{ through: '2026-11-21T06:00:00.000Z', swept: '2026-11-20', last: '0061X' }, '2026-11-21T06:00:00.000Z'],
    [
      {
        service: { through: '2026-11-21T06:00:00Z', swept: '2026-11-22' },
        parts: { through: '2026-11-20T06:00:00Z' },
      },
      '2026-11-20T06:00:00Z',
    ],
    [{ through: '0061X00000AbCdE', at: '2026-11-21' }, null],
    [{ digest: 'a1', listed_at: '2026-11-21T06:00:00Z' }, null],
    [['2026-11-21'], null],
    ['0061X00000AbCdE', null],
    [7, null],
    [null, null],
  ])('of %j is %j', (cursor, through) => {
    expect(throughOf(cursor)).toBe(through)
  })
})
