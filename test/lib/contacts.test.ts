import { emailAddress, phoneNumber } from '../../src/lib/contacts'

describe('phoneNumber', () => {
  test.each([
    ['(312) 555-0142', undefined, '+13125550142'],
    ['1-312-555-0142', 'US', '+13125550142'],
    ['312.555.0142 x12', 'Canada', '+13125550142'],
    ['312 555 0142 ext. 7', '', '+13125550142'],
    [3125550142, null, '+13125550142'],
    ['+44 20 7946 0991', 'GB', '+442079460991'],
    ['020 7946 0991', 'GB', undefined],
    ['555-0142', 'US', undefined],
    ['withheld', 'US', undefined],
    ['+0 123', '', undefined],
    ['', '', undefined],
    [null, '', undefined],
    [{}, '', undefined],
  ])('reads %p of country %p as %p', (given, country, expected) => {
    expect(phoneNumber(given, country)).toBe(expected)
  })
})

describe('emailAddress', () => {
  test.each([
    [' Some.One@Mail.Example ', 'some.one@mail.example'],
    ['none', undefined],
    ['a@b', undefined],
    ['a b@mail.example', undefined],
    [7, undefined],
    [null, undefined],
  ])('reads %p as %p', (given, expected) => {
    expect(emailAddress(given)).toBe(expected)
  })
})
