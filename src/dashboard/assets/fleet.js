// Brings the fleet page up to date while somebody looks at it. Without scripts the page reloads itself as a whole.
const pause = 5000

async function refresh() {
  if (!document.hidden) {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
    // Logged out meanwhile: the login page is what came back.
    if (answer.redirected) return location.reload()
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      document.querySelector('#fleet').replaceWith(page.querySelector('#fleet'))
    }
  }
}

// An outage is no reason to stop: the time on the page tells how old it is.
const repeat = () => {
  refresh()
    .catch(() => undefined)
    .finally(() => setTimeout(repeat, pause))
}

setTimeout(repeat, pause)
