import { readUntil } from '../../src/lib/read-until'

const now = new Date('2026-11-01T03:00:00Z')
const chicago = (text: string) => readUntil(text, 'America/Chicago', now)?.toISOString()

describe('readUntil', () => {
  test.each([
    ['4h', '2026-11-01T07:00:00.000Z'],
    ['30m', '2026-11-01T03:30:00.000Z'],
    ['90 min', '2026-11-01T04:30:00.000Z'],
    ['2d', '2026-11-03T03:00:00.000Z'],
    ['tomorrow 06:00', '2026-11-01T12:00:00.000Z'],
    ['2026-11-02 06:00', '2026-11-02T12:00:00.000Z'],
    ['2026-11-02T06:00:00Z', '2026-11-02T06:00:00.000Z'],
    // Clocks show it twice that night; a pause is to last until the later one.
    ['2026-11-01 01:30', '2026-11-01T07:30:00.000Z'],
  ])('reads %s', (text, instant) => expect(chicago(text)).toBe(instant))

  test.each(['', 'soon', '4', '4 weeks', '4constructor', '-4h', '2026-13-01 06:00', '06:00'])(
    'cannot read "%s"',
    (text) => expect(chicago(text)).toBeUndefined(),
  )
})
