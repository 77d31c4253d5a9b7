import fc from 'fast-check'
import { canonicalJson, cleanText, dayText, decimalText, instantText, wholeText } from '../../src/job/values'

describe('cleanText', () => {
  test('replaces what Postgres cannot store, and nothing else', () => {
    expect(cleanText('a\0b\ud800c😀')).toBe('a\uFFFDb\uFFFDc😀')
  })
})

describe('wholeText', () => {
  test.each([
    [7, '7'],
    [-0, '0'],
    ['007', '7'],
    ['-0', '0'],
    [12n, '12'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
  ])('takes %p', (given, expected) => {
    expect(wholeText(given)).toBe(expected)
  })

  test.each([
    '9223372036854775808',
    '-9223372036854775809',
    2 ** 53,
    2n ** 63n,
    '1e3',
    '1.0',
    ' 1',
    '',
    '٣',
    NaN,
    Infinity,
    1.5,
    true,
    null,
    undefined,
    {},
  ])('refuses %p', (given) => {
    expect(wholeText(given)).toBeUndefined()
  })
})

describe('decimalText', () => {
  test.each([
    [1.5, '1.5'],
    ['1.50', '1.5'],
    ['15e-1', '1.5'],
    ['-0.00', '0'],
    [-0, '0'],
    ['0e999', '0'],
    ['000.100', '0.1'],
    [1e21, '1000000000000000000000'],
    [1e-7, '0.0000001'],
    ['-12E+2', '-1200'],
    ['123456789012345678901234567890.123456789', '123456789012345678901234567890.123456789'],
  ])('writes %p out', (given, expected) => {
    expect(decimalText(given)).toBe(expected)
  })

  test.each([NaN, -Infinity, 'NaN', '1e99999', '1e1001', '0x10', '1,5', '.5', '5.', '', '1 ', 1n, null])(
    'refuses %p',
    (given) => {
      expect(decimalText(given)).toBeUndefined()
    },
  )

  test('keeps the value of every finite number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(decimalText(value)) + 0).toBe(value + 0)
      }),
    )
  })
})

describe('dayText', () => {
  test.each(['2024-02-29', '0001-01-01', '9999-12-31'])('takes %s', (given) => {
    expect(dayText(given)).toBe(given)
  })

  test.each([
    '2026-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '0000-01-01',
    '2026-1-1',
    '+275760-09-13',
    '2026-01-01T00:00:00Z',
    20260101,
    new Date(0),
    '',
  ])('refuses %p', (given) => {
    expect(dayText(given)).toBeUndefined()
  })
})

describe('instantText', () => {
  test.each([
    ['2026-03-08T01:30:00-06:00', '2026-03-08T07:30:00.000Z'],
    ['2026-03-08T01:30Z', '2026-03-08T01:30:00.000Z'],
    ['2026-03-08T01:30:00.123456+00:00', '2026-03-08T01:30:00.123Z'],
    [new Date(1), '1970-01-01T00:00:00.001Z'],
  ])('takes %p', (given, expected) => {
    expect(instantText(given)).toBe(expected)
  })

  test.each([
    '2026-03-08T24:00:00Z',
    '2016-12-31T23:59:60Z',
    '2026-02-30T00:00:00Z',
    '2026-03-08T01:30:00',
    '2026-03-08 01:30:00Z',
    '0000-12-31T00:00:00Z',
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59-12:00',
    '+275760-09-13T00:00:00Z',
    new Date(NaN),
    new Date(8.64e15),
    1767225600,
    '',
  ])('refuses %p', (given) => {
    expect(instantText(given)).toBeUndefined()
  })
})

describe('canonicalJson', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])

  test('cleans texts and names, orders fields and drops undefined ones', () => {
    expect(JSON.stringify(canonicalJson({ b: undefined, 'z\0': 'a\ud800', a: [-0, null, true] }))).toBe(
      '{"a":[0,null,true],"z\uFFFD":"a\uFFFD"}',
    )
  })

  test('keeps a field named __proto__', () => {
    expect(JSON.stringify(canonicalJson(JSON.parse('{"__proto__":1}')))).toBe('{"__proto__":1}')
  })

  test.each([
    ['null', null],
    ['undefined', undefined],
    ['not a number', [NaN]],
    ['infinity', { a: Infinity }],
    ['a bigint', { a: 1n }],
    ['a function', { a: () => 1 }],
    ['a date', { a: new Date(0) }],
    ['a map', new Map()],
    ['a hole', Array.from({ length: 1 })],
    ['101 levels', nested(101)],
    ['100,000 levels', Array.from({ length: 100_000 }).reduce((inner) => [inner], 1)],
  ])('refuses %s', (_, given) => {
    expect(canonicalJson(given)).toBeUndefined()
  })

  test('takes 100 levels', () => {
    expect(canonicalJson(nested(100))).toEqual(nested(100))
  })
})
