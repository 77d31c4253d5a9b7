import fc from 'fast-check'
import { signatureOf } from '../../src/lib/error-signature'

const of = (message: string, code = 'vendor_request', errorClass = 'bug') =>
  signatureOf({ errorClass, code, message })
const patternOf = (message: string): string => of(message).pattern

describe('signatureOf', () => {
  test.each([
    ['GET ctm calls: status 503', 'GET ctm calls: status 503'],
    [
      'POST graph act_1029384756/insights: error 100 subcode 33',
      'POST graph <id>/insights: error 100 subcode 33',
    ],
    ['calls: page 17 leads back to one that was read', 'calls: page # leads back to one that was read'],
    ['a complete listing lacks 1,060 of 2,080 rows', 'a complete listing lacks # of # rows'],
    [
      'the quota is spent, wait 4 h 10 min (GET x: status 429)',
      'the quota is spent, wait <time> (GET x: status 429)',
    ],
    [
      'the quota is spent, wait 12 s (GET x: status 429)',
      'the quota is spent, wait <time> (GET x: status 429)',
    ],
    ['no rows from 2026-10-01 to 2026-10-31T04:05:06.789Z', 'no rows from <date> to <date>'],
    [
      'delivery 0d9c1b9e-3b0f-4f6a-9a54-6f1f0f6f2b11: more than 400 pages',
      'delivery <id>: more than # pages',
    ],
    [
      'GET https://acme.example.com:8443/api/v1/cars?page=3&token=x: status 404',
      'GET <host>/api/v#/cars: status 404',
    ],
    ['getaddrinfo ENOTFOUND www.acme-motors.com', 'getaddrinfo ENOTFOUND <host>'],
    ['connect ECONNREFUSED 10.1.2.3:5432', 'connect ECONNREFUSED <host>'],
    ['the field “Lead_Source__c” of "acme" is \'hidden\'', 'the field … of … is …'],
    [
      "the org’s daily pool isn't renewed, and the app's key neither",
      "the org’s daily pool isn't renewed, and the app's key neither",
    ],
    ['expected number, got string at calls.3.duration', 'expected number, got string at calls.#.duration'],
    ['customers 12, 13 and 14 are\n  managers', 'customers # are managers'],
  ])('takes out of “%s” what varies', (message, pattern) => {
    expect(patternOf(message)).toBe(pattern)
  })

  test('names the same trouble of different accounts, days and pages alike', () => {
    expect(of('page 3 of customer 100 on 2026-01-02: status 500')).toEqual(
      of('page 12 of customer 99481 on 2025-12-31: status 500'),
    )
  })

  test('tells apart what a person would treat differently', () => {
    const ids = [
      of('GET x: status 400'),
      of('GET x: status 404'),
      of('GET y: status 404'),
      of('GET x: status 404', 'vendor_response'),
      of('GET x: status 404', 'vendor_request', 'schema'),
    ].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[\da-f]{12}$/)
  })

  test('stays the same from build to build', () => {
    expect(of('GET x: status 400').id).toBe('d8ebc7964410')
  })

  test('keeps a pattern to one short line, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000, unit: 'binary' }), (message) => {
        const { pattern, id } = of(message)
        expect(pattern.length).toBeLessThanOrEqual(160)
        expect(pattern).not.toMatch(/[\n\r\t]/)
        expect(id).toMatch(/^[\da-f]{12}$/)
      }),
    )
  })

  test('gives the same name whichever numbers a message holds', () => {
    const message = (page: number, account: number) =>
      `account ${account}: page ${page} came ${page} times in ${account} s`
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), fc.nat(), (a, b, c, d) => {
        expect(of(message(a, b)).id).toBe(of(message(c, d)).id)
      }),
    )
  })

  test('takes a long message of nothing but digits, quotes or dots in its stride', () => {
    for (const letter of ['1', '"', '.', 'a.', 'a-1', '@', '?=', "'", 'http://', '1.1.'])
      expect(patternOf(letter.repeat(5000)).length).toBeLessThanOrEqual(160)
  })
})
