/** Passwords that are tried first. */
const knownPasswords = [
  'administrator',
  'changeme',
  'correcthorsebatterystaple',
  'letmein',
  'password',
  'qwerty',
  'syncfleet',
  'welcome',
]

export const shortestPassword = 12
/** The login takes no longer ones. */
export const longestPassword = 1000

/** What keeps a text from being this user's password, as what is expected instead; undefined where nothing does. */
export function passwordProblem(name: string, password: string): string | undefined {
  if (password.length < shortestPassword)
    return `expected ${shortestPassword} characters or more as ${name}'s password`
  if (password.length > longestPassword)
    return `expected ${longestPassword} characters or fewer as ${name}'s password`
  const plain = password.toLowerCase().replaceAll(/[^a-z]/g, '')
  const isName = [plain, password.toLowerCase()].includes(name.toLowerCase())
  if (isName || knownPasswords.includes(plain))
    return `expected a password for ${name} that is not widely known`
  return undefined
}
