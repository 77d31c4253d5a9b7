import { localTime, type ReadInstant, readInstant, timeOfReading } from '../../src/lib/read-instant'

const now = new Date('2026-11-22T04:30:10.500Z')
/** Read in Chicago, where it is still the evening of the 21st. */
const read = (text: string): ReadInstant | undefined => readInstant(text, 'America/Chicago', now)
const at = (instant: string): ReadInstant => ({ kind: 'instant', instant: new Date(instant) })

describe('readInstant', () => {
  test.each([
    ['now', at('2026-11-22T04:30:10.500Z')],
    ['2026-11-21T06:00:00Z', at('2026-11-21T06:00:00Z')],
    ['2026-11-21T06:00:30.250-06:00', at('2026-11-21T12:00:30.250Z')],
    ['2026-11-21 06:00Z', at('2026-11-21T06:00:00Z')],
    ['2026-11-21 06:00', at('2026-11-21T12:00:00Z')],
    ['2026-11-21T06:00:07', at('2026-11-21T12:00:07Z')],
    ['yesterday 06:00', at('2026-11-20T12:00:00Z')],
    ['today 22:30', at('2026-11-22T04:30:00Z')],
    ['tomorrow 00:00', at('2026-11-22T06:00:00Z')],
  ])('takes %s', (text, expected) => expect(read(text)).toEqual(expected))

  test.each([
    '',
    'soon',
    '2026-11-21',
    '06:00',
    '2026-02-29 06:00',
    '2026-11-21 24:30',
    '2026-11-21 6:00',
    '1',
  ])('refuses %s', (text) => expect(read(text)).toBeUndefined())

  test('names both instants of a time that comes twice', () => {
    expect(read('2026-11-01 01:30')).toEqual({
      kind: 'fold',
      instants: [new Date('2026-11-01T06:30:00Z'), new Date('2026-11-01T07:30:00Z')],
    })
    expect(read('2026-11-01T01:30-06:00')).toEqual(at('2026-11-01T07:30:00Z'))
    expect(read('2026-11-01 02:00')).toEqual(at('2026-11-01T08:00:00Z'))
  })

  test('moves a time that is left out by as much as the clocks were', () => {
    const found = read('2026-03-08 02:30')
    expect(found).toMatchObject({ kind: 'gap', instant: new Date('2026-03-08T08:30:00Z') })
    expect(read('2026-03-08 03:00')).toEqual(at('2026-03-08T08:00:00Z'))
    expect(readInstant('2026-10-04 02:15', 'Australia/Lord_Howe', now)).toMatchObject({
      kind: 'gap',
      instant: new Date('2026-10-03T15:45:00Z'),
    })
    expect(readInstant('2011-12-30 12:00', 'Pacific/Apia', now)).toMatchObject({
      kind: 'gap',
      instant: new Date('2011-12-30T22:00:00Z'),
    })
  })
})

test('an instant is shown as the clocks of a zone show it', () => {
  expect(localTime(now, 'America/Chicago')).toBe('2026-11-21 22:30:10')
  expect(localTime(new Date('2026-11-22T00:00:00Z'), 'Asia/Kolkata')).toBe('2026-11-22 05:30')
  expect(timeOfReading(Date.UTC(2026, 0, 1, 2, 30))).toBe('02:30')
})
