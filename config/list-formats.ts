import { Refusal, type Format } from './formats'
import { nearest } from '../src/lib/nearest'
import { parseWeekWindow, type WeekWindow } from '../src/lib/week-windows'

/** Who may log in to the dashboard before anybody was added there. */
export interface GivenUser {
  readonly name: string
  readonly role: 'viewer' | 'operator' | 'admin'
  readonly password: string
}

/** One of the keys that seal vendors' secrets; `key` is 32 bytes. */
export interface GivenKey {
  readonly id: string
  readonly key: Buffer
}

/** Entries between commas, each at most once. Entries are named by their place: what they hold may be secret. */
function listFormat<T>(
  name: string,
  expected: string,
  read: (entry: string, refuse: (reason: string) => never) => T,
  identity: (value: T) => string,
  mayBeEmpty = false,
): Format<readonly T[]> {
  return {
    name,
    expected,
    parse(given) {
      if (given === '' && mayBeEmpty) return []
      if (typeof given !== 'string' || given === '') throw new Refusal(`expected ${expected}`)
      const values = new Map<string, T>()
      for (const [index, entry] of given.split(',').entries()) {
        const refuse = (reason: string): never => {
          throw new Refusal(`expected ${expected}: entry ${index + 1} ${reason}`)
        }
        const value = read(entry, refuse)
        if (values.has(identity(value))) refuse(`repeats ${identity(value)}`)
        values.set(identity(value), value)
      }
      return [...values.values()]
    },
  }
}

/** Job ids between commas. */
export const jobList = (known: readonly string[]): Format<readonly string[]> =>
  listFormat(
    'job ids',
    'job ids between commas, e.g. ctm,google-ads',
    (entry, refuse) => {
      if (known.includes(entry)) return entry
      const near = nearest(entry, known)
      return refuse(`is no job${near ? `; did you mean ${near}?` : ''}`)
    },
    (id) => id,
  )

/** `name:role:password` between commas. A password may hold colons, but no comma. */
export const users: Format<readonly GivenUser[]> = listFormat(
  'users',
  'name:role:password between commas, the role being viewer, operator or admin',
  (entry, refuse): GivenUser => {
    const [, name, role, password] = /^([^:]*):([^:]*):(.*)$/s.exec(entry) ?? refuse('has not three parts')
    if (!name || !/^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/.test(name)) return refuse('has no usable name')
    if (role !== 'viewer' && role !== 'operator' && role !== 'admin') return refuse('has no such role')
    if (!password) return refuse('has no password')
    return { name, role, password }
  },
  ({ name }) => name,
)

/** `id:key` between commas, the key being 32 bytes in base64. */
export const encryptionKeys: Format<readonly GivenKey[]> = listFormat(
  'keys',
  'id:key between commas, each key being 32 bytes in base64 (openssl rand -base64 32)',
  (entry, refuse): GivenKey => {
    const [, id, text] =
      /^([A-Za-z0-9][A-Za-z0-9_-]{0,31}):(.*)$/s.exec(entry) ?? refuse('has no id in front')
    const key = Buffer.from(text ?? '', 'base64')
    if (!id || key.length !== 32 || key.toString('base64') !== text)
      return refuse('is not 32 bytes in base64')
    return { id, key }
  },
  ({ id }) => id,
)

/** Windows of every day or every week between commas; none where it is empty. */
export const weekWindows: Format<readonly WeekWindow[]> = listFormat(
  'windows',
  'windows between commas, each 22:00-02:00 for every day or Sat 20:00-Sun 06:00 for every week',
  (entry, refuse) => parseWeekWindow(entry, refuse),
  ({ text }) => text,
  true,
)
