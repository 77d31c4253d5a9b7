/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

// Shows of the `data-filtered` rows only those of the clients and standings that are asked for.
const form = /** @type {HTMLFormElement} */ (document.getElementById('filter'))
const clientInput = /** @type {HTMLInputElement} */ (form.querySelector('input'))
const standingInput = /** @type {HTMLSelectElement} */ (form.querySelector('select'))
const output = /** @type {HTMLOutputElement} */ (form.querySelector('output'))

function apply() {
  const client = clientInput.value.trim().toLowerCase()
  const standing = standingInput.value
  let shown = 0
  for (const row of document.querySelectorAll('[data-filtered]')) {
    const name = row.querySelector('th')?.textContent ?? ''
    const isShown =
      name.toLowerCase().includes(client) &&
      (standing === '' || row.querySelector(`.state-${standing}`) !== null)
    row.toggleAttribute('hidden', !isShown)
    if (isShown && row.closest('.matrix')) shown += 1
  }
  output.textContent = client || standing ? `${shown} ${shown === 1 ? 'client' : 'clients'}` : ''
}

form.hidden = false
form.addEventListener('input', apply)
form.addEventListener('submit', (event) => event.preventDefault())
// Rows that came meanwhile.
document.addEventListener('live', apply)
