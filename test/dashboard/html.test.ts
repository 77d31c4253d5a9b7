import { html } from '../../src/dashboard/html'

describe('html', () => {
  test('escapes what is put in', () => {
    expect(html`<p title="${'"\'><&'}">${'<b>'}</p>`.markup).toBe(
      '<p title="&quot;&#39;&gt;&lt;&amp;">&lt;b&gt;</p>',
    )
  })

  test('joins lists, keeps markup, and leaves nothing for nothing', () => {
    const items = ['a', 'b & c'].map((item) => html`<i>${item}</i>`)
    const values = [items, null, undefined, false, 0] as const
    expect(html`<b>${values}</b>`.markup).toBe('<b><i>a</i><i>b &amp; c</i>0</b>')
  })
})
