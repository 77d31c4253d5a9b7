import * as read from '../../src/lib/read-fields'
import { joined, textsIn } from './fields'

/** What a Meta creative shows. Lists hold each value once; what cannot be read is handed on in their place. */
export interface CreativeContent {
  readonly textPlace: string | null
  readonly headlines: unknown
  readonly bodies: unknown
  readonly descriptions: unknown
  readonly links: unknown
  readonly imageHashes: unknown
  readonly videoIds: unknown
  readonly callToAction: unknown
}

type Part = Omit<CreativeContent, 'textPlace'>
interface Place extends Part {
  readonly name: string
}

const storyKinds = ['link_data', 'video_data', 'photo_data', 'template_data', 'text_data'] as const

/**
 * The content of a creative, wherever it stands: which field holds the text depends on how the ad was made. The first place
 * with any text has all of it; links, media and call to action are those of the first place that has them.
 */
export function contentOf(row: read.Fields): CreativeContent {
  const feed = read.fieldsOf(row['asset_feed_spec'])
  const story = read.fieldsOf(row['object_story_spec'])
  const places: Place[] = [
    { name: 'asset_feed_spec', ...inFeed(feed) },
    ...storyKinds.map((name) => ({ name, ...inStory(name, read.fieldsOf(story[name])) })),
    { name: isPostOnly(row) ? 'post' : 'plain', ...inRow(row) },
  ]
  const texts = places.find((part) => hasAny(part.headlines, part.bodies, part.descriptions))
  const first = (field: keyof Part): unknown =>
    places.map((part) => part[field]).find((value) => hasAny(value)) ?? []
  return {
    textPlace: texts?.name ?? null,
    headlines: texts?.headlines ?? [],
    bodies: texts?.bodies ?? [],
    descriptions: texts?.descriptions ?? [],
    links: first('links'),
    imageHashes: first('imageHashes'),
    videoIds: first('videoIds'),
    callToAction: places.map((part) => part.callToAction).find((value) => value !== null) ?? null,
  }
}

/** Anything at all: what is no list, too, so that it is noticed. */
const hasAny = (...lists: readonly unknown[]): boolean =>
  lists.some((list) => !Array.isArray(list) || list.length > 0)

const isPostOnly = (row: read.Fields): boolean =>
  row['object_story_spec'] === undefined &&
  (row['object_story_id'] ?? row['effective_object_story_id']) !== undefined

/** Several variants of each, from which the vendor chooses. */
const inFeed = (feed: read.Fields): Part => ({
  headlines: joined(textsIn(feed['titles'], 'text')),
  bodies: joined(textsIn(feed['bodies'], 'text')),
  descriptions: joined(textsIn(feed['descriptions'], 'text')),
  links: joined(textsIn(feed['link_urls'], 'website_url')),
  imageHashes: joined(textsIn(feed['images'], 'hash')),
  videoIds: joined(textsIn(feed['videos'], 'video_id', read.id)),
  callToAction: first(read.texts(feed['call_to_action_types'])),
})

/** The fields of links, videos, photos, catalogue ads and plain texts. They are not the same, and do not contradict each other. */
function inStory(kind: (typeof storyKinds)[number], data: read.Fields): Part {
  const cards = data['child_attachments']
  const { type, value } = read.fieldsOf(data['call_to_action'])
  return {
    headlines: joined(one(data['name']), one(data['title']), textsIn(cards, 'name')),
    // The caption of a link is the domain that it shows; of a photo it is the text.
    bodies: joined(one(data['message']), one(kind === 'photo_data' ? data['caption'] : undefined)),
    descriptions: joined(
      one(data['description']),
      one(data['link_description']),
      textsIn(cards, 'description'),
    ),
    // A video's landing page is in its call to action only.
    links: joined(one(data['link']), one(read.fieldsOf(value)['link']), textsIn(cards, 'link')),
    imageHashes: joined(one(data['image_hash']), textsIn(cards, 'image_hash')),
    videoIds: joined(one(data['video_id'], read.id), textsIn(cards, 'video_id', read.id)),
    callToAction: read.text(type),
  }
}

const inRow = (row: read.Fields): Part => ({
  headlines: one(row['title']),
  bodies: one(row['body']),
  descriptions: [],
  links: joined(one(row['link_url']), one(row['object_url']), one(row['template_url'])),
  imageHashes: one(row['image_hash']),
  videoIds: one(row['video_id'], read.id),
  callToAction: read.text(row['call_to_action_type']),
})

/** A list of one text, or of none. */
function one(value: unknown, as: typeof read.text = read.text): unknown[] {
  const text = as(value)
  return text === null ? [] : [text]
}

const first = (list: unknown): unknown => (Array.isArray(list) ? (list[0] ?? null) : list)
