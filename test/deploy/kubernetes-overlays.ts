import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'

/** Anything that YAML can say. */
export type Value = string | number | boolean | null | Value[] | Fields
export interface Fields {
  [name: string]: Value
}

/** One Kubernetes object. */
export interface Manifest extends Fields {
  apiVersion: string
  kind: string
  metadata: Fields & { name: string }
}

/** What our kustomization files use; any other field is refused, so that nothing is passed over. */
interface Kustomization {
  readonly apiVersion: string
  readonly kind: 'Kustomization' | 'Component'
  readonly namespace?: string
  readonly resources?: readonly string[]
  readonly components?: readonly string[]
  readonly configMapGenerator?: readonly { name: string; behavior?: 'merge'; envs: readonly string[] }[]
  readonly patches?: readonly { path: string }[]
  readonly images?: readonly { name: string; newName?: string; newTag?: string; digest?: string }[]
  readonly replicas?: readonly { name: string; count: number }[]
}
const understood: Readonly<Record<string, readonly string[]>> = {
  kustomization: [
    'apiVersion',
    'kind',
    'namespace',
    'resources',
    'components',
    'configMapGenerator',
    'patches',
    'images',
    'replicas',
  ],
  configMapGenerator: ['name', 'behavior', 'envs'],
  patches: ['path'],
  images: ['name', 'newName', 'newTag', 'digest'],
  replicas: ['name', 'count'],
}

interface Layer {
  readonly manifests: Manifest[]
  /** Config maps whose names still lack the hash of their content. */
  readonly settings: Map<string, Record<string, string>>
}

/** The objects of a file, read as kubectl reads them: YAML 1.1, in which `0440` is octal. */
export function readManifests(text: string): Manifest[] {
  return parseAllDocuments(text, { version: '1.1' }).map((document) => {
    const problem = document.errors[0] ?? document.warnings[0]
    if (problem) throw problem
    return document.toJS() as Manifest
  })
}

/**
 * What `kubectl kustomize` makes of a folder, as far as our files go: another test compares the two.
 * Throws where a kustomization says anything that it does not understand.
 */
export function buildOverlay(folder: string): Manifest[] {
  const { manifests, settings } = buildLayer(folder)
  for (const [name, data] of settings) {
    const hashed = `${name}-${hashOf(data)}`
    for (const manifest of manifests) renameConfigMap(manifest, name, hashed)
    const namespace = manifests.find(({ kind }) => kind === 'ServiceAccount')?.metadata['namespace']
    manifests.push({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: hashed, ...(namespace === undefined ? {} : { namespace }) },
      data,
    })
  }
  return manifests
}

function buildLayer(folder: string, layer: Layer = { manifests: [], settings: new Map() }): Layer {
  const kustomization = readKustomization(folder)
  for (const resource of kustomization.resources ?? []) {
    const path = join(folder, resource)
    if (statSync(path).isDirectory()) buildLayer(path, layer)
    else layer.manifests.push(...readManifests(readFileSync(path, 'utf8')))
  }
  for (const component of kustomization.components ?? []) buildLayer(join(folder, component), layer)
  for (const { name, behavior, envs } of kustomization.configMapGenerator ?? []) {
    const before = layer.settings.get(name)
    if ((before === undefined) !== (behavior === undefined))
      throw new Error(
        `${folder}: config map ${name} ${before ? 'is there already' : 'is not there to merge'}`,
      )
    const data = { ...before }
    for (const file of envs) Object.assign(data, readEnv(folder, file))
    layer.settings.set(name, data)
  }
  for (const { path } of kustomization.patches ?? []) {
    for (const patch of readManifests(readFileSync(join(folder, path), 'utf8'))) applyPatch(layer, patch)
  }
  for (const manifest of layer.manifests) transform(manifest, kustomization)
  return layer
}

function readKustomization(folder: string): Kustomization {
  const [kustomization, ...others] = readManifests(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'))
  if (!kustomization || others.length > 0) throw new Error(`${folder}: expected one kustomization`)
  refuseUnknown(folder, 'kustomization', kustomization)
  for (const [name, entries] of Object.entries(kustomization)) {
    if (!(name in understood) || !Array.isArray(entries)) continue
    for (const entry of entries) refuseUnknown(folder, name, entry as Fields)
  }
  return kustomization as unknown as Kustomization
}

function refuseUnknown(folder: string, what: string, fields: Fields): void {
  const unknown = Object.keys(fields).find((name) => !understood[what]?.includes(name))
  if (unknown !== undefined) throw new Error(`${folder}: ${what}: ${unknown} is not understood`)
}

const readEnv = (folder: string, file: string): Record<string, string> =>
  Object.fromEntries(
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line): [string, string] => {
        const end = line.indexOf('=')
        if (end < 1) throw new Error(`${folder}: ${file}: expected NAME=value, got ${line}`)
        return [line.slice(0, end), line.slice(end + 1)]
      }),
  )

function applyPatch({ manifests }: Layer, patch: Manifest): void {
  const target = manifests.find(
    ({ apiVersion, kind, metadata }) =>
      apiVersion === patch.apiVersion && kind === patch.kind && metadata.name === patch.metadata.name,
  )
  if (!target) throw new Error(`no ${patch.kind} ${patch.metadata.name} to patch`)
  mergeInto(target, patch)
}

/** A strategic merge: maps are merged, lists of things with a `name` by that, other lists are replaced, null removes. */
function mergeInto(target: Fields, patch: Fields): void {
  for (const [name, value] of Object.entries(patch)) {
    const before = target[name]
    if (value === null) delete target[name]
    else if (isFields(value) && isFields(before)) mergeInto(before, value)
    else if (isNamed(value) && isNamed(before)) {
      for (const entry of value) {
        const same = before.find((other) => other['name'] === entry['name'])
        if (same) mergeInto(same, entry)
        else before.unshift(entry)
      }
    } else target[name] = value
  }
}

const isFields = (value: Value | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isNamed = (value: Value | undefined): value is Fields[] =>
  Array.isArray(value) && value.every((entry) => isFields(entry) && 'name' in entry)

function transform(manifest: Manifest, { namespace, images = [], replicas = [] }: Kustomization): void {
  if (namespace !== undefined) {
    if (manifest.kind === 'Namespace') manifest.metadata.name = namespace
    else manifest.metadata['namespace'] = namespace
  }
  for (const { name, count } of replicas) {
    if (manifest.kind === 'Deployment' && manifest.metadata.name === name)
      (manifest['spec'] as Fields)['replicas'] = count
  }
  visit(manifest, (fields) => {
    const image = images.find(({ name }) => name === fields['image'])
    if (!image) return
    const name = image.newName ?? image.name
    fields['image'] = image.digest ? `${name}@${image.digest}` : `${name}:${image.newTag ?? 'latest'}`
  })
}

function renameConfigMap(manifest: Manifest, name: string, hashed: string): void {
  visit(manifest, (fields) => {
    for (const key of ['configMapRef', 'configMapKeyRef', 'configMap']) {
      const reference = fields[key]
      if (isFields(reference) && reference['name'] === name) reference['name'] = hashed
    }
  })
}

/** Calls `look` for every object inside a value, outermost first. */
export function visit(value: Value, look: (fields: Fields, path: string) => void, path = ''): void {
  if (Array.isArray(value)) value.forEach((entry, index) => visit(entry, look, `${path}/${index}`))
  else if (isFields(value)) {
    look(value, path)
    for (const [name, inner] of Object.entries(value)) visit(inner, look, `${path}/${name}`)
  }
}

/** The hash that kustomize puts behind a config map's name: of its data, in letters that form no words. */
function hashOf(data: Record<string, string>): string {
  const sorted = Object.fromEntries(Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  // Kustomize leaves the name empty here.
  const hash = createHash('sha256').update(JSON.stringify({ data: sorted, kind: 'ConfigMap', name: '' }))
  const letters: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' }
  return hash
    .digest('hex')
    .slice(0, 10)
    .replaceAll(/[013ae]/g, (digit) => letters[digit] ?? digit)
}
