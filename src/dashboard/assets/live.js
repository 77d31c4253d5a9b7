/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

// Brings every `data-live` element of a page up to date while somebody looks at it, by asking for the page again. What
// did not change is left alone, so that focus, what is typed and what is open stay.
const pause = 5000

/** What the last answer said of each element. @type {Map<string, string>} */
const known = new Map()
/** How the server calls that answer. @type {string | null} */
let version = null
// How far the server's clock is ahead of ours: how long ago something was is told by the server's.
let ahead = 0

/** @param {Document} page @returns {HTMLElement[]} */
const liveElements = (page) => Array.from(page.querySelectorAll('[data-live][id]'))

/** How long ago something was changes by itself. @param {HTMLElement} element */
const textOf = (element) => element.outerHTML.replace(/(<time data-(?:distance|as-of)[^>]*>)[^<]*/g, '$1')

async function refresh() {
  const answer = await fetch(location.href, {
    cache: 'no-store',
    headers: {
      accept: 'text/html',
      'cache-control': 'max-age=0',
      'x-syncfleet-live': '1',
      ...(version && { 'if-none-match': version }),
    },
  })
  // Logged out meanwhile: the login page is what came back.
  if (answer.redirected || answer.status === 401) return location.reload()
  const date = Date.parse(answer.headers.get('date') ?? '')
  if (date) ahead = date - Date.now()
  if (answer.ok) show(await answer.text(), answer.headers.get('etag'))
  if (answer.ok || answer.status === 304) tellTime()
}

/** @param {string} markup @param {string | null} etag */
function show(markup, etag) {
  const focused = document.activeElement
  const page = new DOMParser().parseFromString(markup, 'text/html')
  for (const element of liveElements(page)) {
    const text = textOf(element)
    const shown = document.getElementById(element.id)
    if (!shown || known.get(element.id) === text) continue
    known.set(element.id, text)
    bringUpToDate(shown, document.importNode(element, true))
  }
  // An element that was moved has lost it.
  if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement)
    focused.focus({ preventScroll: true })
  version = etag
  document.dispatchEvent(new Event('live'))
}

/**
 * A thing is the same as before by its id, a row by what it is about: what is typed for one never moves to another.
 * @param {Node} node @returns {string}
 */
function keyOf(node) {
  if (!(node instanceof HTMLElement)) return ''
  const own = node.id || node.dataset['key']
  if (own || !/^(TR|LI|ARTICLE)$/.test(node.nodeName)) return own ?? ''
  return node.querySelector('[id]')?.id ?? node.querySelector('a[href]')?.getAttribute('href') ?? ''
}

/** @param {Node} shown @param {Node} next */
function bringUpToDate(shown, next) {
  if (shown instanceof Element && next instanceof Element) {
    bringAttributesUpToDate(shown, next)
    bringChildrenUpToDate(shown, next)
  } else if (shown.nodeValue !== next.nodeValue) shown.nodeValue = next.nodeValue
}

/**
 * What a person opened stays open, and what the page's own script hides stays hidden.
 * @param {Element} element @param {string} name
 */
const isThePersons = ({ nodeName }, name) => name === 'hidden' || (name === 'open' && nodeName === 'DETAILS')

/** @param {Element} shown @param {Element} next */
function bringAttributesUpToDate(shown, next) {
  for (const name of shown.getAttributeNames())
    if (!next.hasAttribute(name) && !isThePersons(shown, name)) shown.removeAttribute(name)
  for (const { name, value } of next.attributes)
    if (shown.getAttribute(name) !== value && !isThePersons(shown, name)) shown.setAttribute(name, value)
}

/** @param {Element} shown @param {Element} next */
function bringChildrenUpToDate(shown, next) {
  const children = Array.from(next.childNodes)
  const wanted = new Set(children.map(keyOf))
  const keyed = new Map(Array.from(shown.childNodes, (node) => [keyOf(node), node]))
  for (const node of keyed.values()) if (!wanted.has(keyOf(node))) node.remove()
  // Everything before it is up to date.
  let place = shown.firstChild
  for (const child of children) {
    const key = keyOf(child)
    const candidate = key ? keyed.get(key) : place && !keyOf(place) ? place : undefined
    const found = candidate?.nodeName === child.nodeName ? candidate : undefined
    keyed.delete(key)
    if (!found) shown.insertBefore(child, place)
    else if (found === place) place = place.nextSibling
    else shown.insertBefore(found, place)
    if (found) bringUpToDate(found, child)
  }
  for (let gone = place; gone; gone = place) {
    place = gone.nextSibling
    gone.remove()
  }
}

const second = 1000
const minute = 60 * second
/** @type {readonly (readonly [string, number])[]} */
const units = [
  ['d', 24 * 60 * minute],
  ['h', 60 * minute],
  ['min', minute],
  ['s', second],
]

/** As the server says it, in so many units at most. @param {number} milliseconds @param {number} most */
function inWords(milliseconds, most) {
  let rest = milliseconds
  const parts = []
  for (const [name, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${name}`)
  }
  return parts.slice(0, most).join(' ')
}

/** @param {number} instant @param {number} now @param {boolean} isAge */
function distance(instant, now, isAge) {
  const away = Math.abs(instant - now)
  if (isAge) return inWords(Math.max(away, minute), 1)
  if (away < second) return 'now'
  const words = inWords(away < minute ? away : away - (away % minute), 2)
  return instant > now ? `in ${words}` : `${words} ago`
}

function tellTime() {
  const now = Date.now() + ahead
  for (const element of document.querySelectorAll('time')) {
    const kind = element.dataset['distance']
    if (kind === undefined) continue
    const words = distance(Date.parse(element.dateTime), now, kind === 'age')
    if (element.textContent !== words) element.textContent = words
  }
  const clock = new Date(now).toISOString().slice(11, 19)
  for (const element of document.querySelectorAll('time[data-as-of]')) element.textContent = clock
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer
// An outage is no reason to stop: the time on the page tells how old it is.
function repeat() {
  clearTimeout(timer)
  const done = document.hidden ? Promise.resolve() : refresh().catch(() => undefined)
  void done.finally(() => {
    clearTimeout(timer)
    timer = setTimeout(repeat, pause)
  })
}

if (liveElements(document).length > 0) {
  for (const element of liveElements(document)) known.set(element.id, textOf(element))
  timer = setTimeout(repeat, pause)
  document.addEventListener('visibilitychange', () => document.hidden || repeat())
}
