import { readFileSync } from 'node:fs'
import type { ITriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication'
import { ofKind, secretFilesOf, workloadsOf } from './kubernetes-fleet'
import { problemsOf } from './kubernetes-models'
import { buildOverlay, readManifests } from './kubernetes-overlays'

const guide = readFileSync('docs/kubernetes.md', 'utf8')
const manifests = ['staging', 'production'].flatMap((name) =>
  buildOverlay(`deploy/kubernetes/overlays/${name}`),
)

/** Where what only some fleets need may be put, under any key. */
const optional = 'syncfleet-more'

/** `secret key`, each once. */
const sorted = (names: readonly string[]): string[] =>
  [...new Set(names)].filter((name) => !name.startsWith(optional)).toSorted()

const asked = sorted([
  ...workloadsOf(manifests)
    .flatMap(secretFilesOf)
    .map(({ secret, key }) => `${secret} ${key}`),
  ...ofKind<ITriggerAuthentication>(manifests, 'TriggerAuthentication')
    .flatMap(({ spec }) => spec.secretTargetRef ?? [])
    .map(({ name, key }) => `${name} ${key}`),
])

describe('the guide to Kubernetes', () => {
  test('says how to make every secret that is asked for, and no other', () => {
    const commands = [...guide.matchAll(/create secret generic (\S+)((?:[^\n]*\\\n)*[^\n]*)/g)]
    const made = commands.flatMap(([, secret, options = '']) =>
      [...options.matchAll(/--from-(?:file|literal)=([a-z-]+)/g)].map(([, key]) => `${secret} ${key}`),
    )
    expect(sorted(made)).toEqual(asked)
  })

  test('lists every secret that is asked for', () => {
    const listed: string[] = []
    let secret = ''
    const [, section = ''] = /\n## Secrets\n([\s\S]*?)\n## /.exec(guide) ?? []
    for (const [, first = '', keys = ''] of section.matchAll(/^\| (?!Secret|-)([^|]*)\| ([^|]*)\|/gm)) {
      secret = first.trim().replaceAll('`', '') || secret
      listed.push(...[...keys.matchAll(/`([^`]+)`/g)].map(([, key]) => `${secret} ${key}`))
    }
    expect(sorted(listed)).toEqual(asked)
  })

  test('has examples that Kubernetes accepts', () => {
    const examples = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)]
      .flatMap(([, text = '']) => readManifests(text))
      .filter(({ kind }) => kind !== undefined)
    expect(examples.map(({ kind }) => kind)).toEqual(['Ingress'])
    expect(examples.flatMap(problemsOf)).toEqual([])
  })

  test('names objects that are there', () => {
    const named = [...guide.matchAll(/\b(deployment|job|NetworkPolicy)\/([a-z-]+)/g)].map(
      ([, kind = '', name]) => `${kind.toLowerCase()} ${name}`,
    )
    const there = manifests.map(({ kind, metadata }) => `${kind.toLowerCase()} ${metadata.name}`)
    expect(named.filter((name) => !there.includes(name))).toEqual([])
    expect(named).not.toEqual([])
  })
})
