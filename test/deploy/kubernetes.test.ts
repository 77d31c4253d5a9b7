import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { problemsOf } from './kubernetes-models'
import { buildOverlay, type Fields, type Manifest, readManifests, visit } from './kubernetes-overlays'

const overlays = ['staging', 'production'] as const
const folderOf = (overlay: string): string => resolve('deploy/kubernetes/overlays', overlay)
const titleOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`
const copyOf = (manifest: Manifest): Manifest => structuredClone(manifest)

/** Our own reading of kustomizations is compared with the real one where kubectl is on PATH. */
const withKubectl = spawnSync('kubectl', ['version', '--client']).status === 0 ? test : test.skip

/** The object at a path such as `/spec/template`. */
const at = (manifest: Manifest, path: string): Fields =>
  path
    .split('/')
    .slice(1)
    .reduce<Fields>((fields, name) => fields[name] as Fields, manifest)

/** Maps whose names are the author's own. */
const freeMaps = /\/(labels|annotations|matchLabels|data|limits|requests)$|^\/spec\/selector$/
const isFree = (manifest: Manifest, path: string): boolean =>
  freeMaps.test(path) && !(path === '/spec/selector' && manifest.kind !== 'Service')

/** Every field of an object that a schema knows, as the path of its parent and its name. */
function fieldsOf(manifest: Manifest): { path: string; name: string }[] {
  const fields: { path: string; name: string }[] = []
  visit(manifest, (parent, path) => {
    if (!isFree(manifest, path)) fields.push(...Object.keys(parent).map((name) => ({ path, name })))
  })
  return fields
}

describe.each(overlays)('the %s overlay', (overlay) => {
  const manifests = buildOverlay(folderOf(overlay))

  test('has documents that Kubernetes and KEDA accept, unknown fields refused', () => {
    expect(
      manifests.flatMap((manifest) =>
        problemsOf(manifest).map((problem) => `${titleOf(manifest)}: ${problem}`),
      ),
    ).toEqual([])
  })

  test('names nothing twice', () => {
    const titles = manifests.map(titleOf)
    expect(titles).toEqual([...new Set(titles)])
  })

  test('keeps everything in its own namespace', () => {
    const namespaces = manifests.map(({ kind, metadata }) =>
      kind === 'Namespace' ? metadata.name : metadata['namespace'],
    )
    expect(new Set(namespaces).size).toBe(1)
  })

  test('fails with any one of its fields misspelt, however deep', () => {
    const unnoticed = manifests.flatMap((manifest) =>
      fieldsOf(manifest)
        .filter(({ path, name }) => {
          const misspelt = copyOf(manifest)
          const parent = at(misspelt, path)
          parent[`${name}x`] = parent[name] ?? null
          delete parent[name]
          return problemsOf(misspelt).length === 0
        })
        .map(({ path, name }) => `${titleOf(manifest)}: ${path}/${name}`),
    )
    expect(unnoticed).toEqual([])
  })
})

describe('validation', () => {
  const deployment = (): Manifest => {
    const worker = buildOverlay(folderOf('production')).find(
      (manifest) => titleOf(manifest) === 'Deployment worker',
    )
    if (!worker) throw new Error('there is no worker')
    return worker
  }

  test.each([
    ['', 'specs'],
    ['/metadata', 'lables'],
    ['/spec', 'minReadySecond'],
    ['/spec/strategy/rollingUpdate', 'maxUnavailble'],
    ['/spec/template/spec', 'enableServiceLink'],
    ['/spec/template/spec/containers/0', 'livelinessProbe'],
    ['/spec/template/spec/containers/0/readinessProbe/httpGet', 'paths'],
    ['/spec/template/spec/containers/0/securityContext/capabilities', 'dropp'],
    ['/spec/template/spec/volumes/0/projected/sources/0/secret/items/0', 'modes'],
  ])('names an unknown field at %s/%s', (path, name) => {
    const misspelt = deployment()
    at(misspelt, path)[name] = {}
    expect(problemsOf(misspelt)).toEqual([`${path}/${name}: no such field`])
  })

  test('refuses a value of the wrong type', () => {
    const wrong = deployment()
    at(wrong, '/spec/template/spec')['terminationGracePeriodSeconds'] = 'soon'
    expect(problemsOf(wrong)).toEqual([expect.stringContaining('terminationGracePeriodSeconds')])
  })

  test('refuses a kind that it does not know', () => {
    expect(problemsOf({ ...deployment(), apiVersion: 'apps/v1beta1' })).toEqual([
      'apps/v1beta1 Deployment: no such kind',
    ])
  })
})

describe('reading kustomizations', () => {
  test('refuses a field that it does not understand', () => {
    const folder = mkdtempSync(join(tmpdir(), 'syncfleet-kustomization-'))
    try {
      writeFileSync(join(folder, 'kustomization.yaml'), 'kind: Kustomization\nresorces: [base]\n')
      expect(() => buildOverlay(folder)).toThrow('resorces is not understood')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  const byTitle = (manifests: readonly Manifest[]) =>
    Object.fromEntries(manifests.map((manifest) => [titleOf(manifest), manifest]))

  const agreesWithKubectl = (overlay: string): void => {
    const made = execFileSync('kubectl', ['kustomize', folderOf(overlay)], { encoding: 'utf8' })
    expect(byTitle(buildOverlay(folderOf(overlay)))).toEqual(byTitle(readManifests(made)))
  }
  withKubectl.each(overlays)('makes of %s what kubectl on PATH makes of it', agreesWithKubectl)
})
