import { createHash } from 'node:crypto'

/** What an error says of itself. */
export interface SignedError {
  readonly errorClass: string
  readonly code: string
  readonly message: string
}

/** What errors of the same kind have in common, whichever account, page or day they met. */
export interface ErrorSignature {
  /** Twelve hexadecimal digits: the same for the same kind, also over restarts and machines. */
  readonly id: string
  /** The message with everything that varies taken out, one line of 160 characters at most. */
  readonly pattern: string
}

/** Longer messages differ in their ends, where details are listed. */
const longest = 160
/** As much of a message as can matter: looking for what varies must not take long, whatever a vendor says. */
const looked = 600

/** In this order: what comes first would otherwise be taken apart by what comes later. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/(["“”`])(?:(?!["“”`]).)*(["“”`])/g, '…'],
  // Not an apostrophe inside a word.
  [/(?<![\w’'])'[^']*'(?!\w)/g, '…'],
  [/\b[a-z][a-z\d+.-]*:\/\/[^\s/?#),;]+/gi, '<host>'],
  [/[?#][^\s?#),;=]*=[^\s),;]*(?<![:.])/g, ''],
  [/[^\s@()<>]+@[^\s@()<>]+\.\w+/g, '<id>'],
  [
    /\b(?:[a-z\d-]+\.)+(?:com|net|org|io|co|us|ca|biz|info|dev|local|test|example|invalid)\b(?::\d+)?/gi,
    '<host>',
  ],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<host>'],
  [/\b\d{4}-\d\d(?:-\d\d)?(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?!\w)/g, '<date>'],
  [/\b\d{1,2}\/\d{1,2}\/\d{2,4}\b/g, '<date>'],
  [/\b\d+(?:\.\d+)? (?:d|h|min|s|ms)\b(?: \d+ (?:h|min|s|ms)\b)?/g, '<time>'],
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, '<id>'],
  // Letters with a digit among them: an id, unless it is as short as a version.
  [/\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{8,}/gi, '<id>'],
  // What a status or the vendor's own code says is what tells one kind from another.
  [/(?<!\b(?:status|error|code|subcode) )(?<![\d#])\d+(?:[.,]\d+)*/gi, '#'],
  [/#(?:(?:, | and |\/)#)+/g, '#'],
  [/\s+/g, ' '],
]

/**
 * Names the kind of an error by its class, code and message, so that dead letters with the same cause are one group.
 * The job is left out: the same trouble of two jobs has the same name.
 */
export function signatureOf({ errorClass, code, message }: SignedError): ErrorSignature {
  const plain = varying
    .reduce((text, [what, instead]) => text.replace(what, instead), message.slice(0, looked))
    .trim()
  const pattern = plain.length > longest ? `${plain.slice(0, longest - 1).trimEnd()}…` : plain
  const id = createHash('sha256')
    .update(JSON.stringify([errorClass, code, pattern]))
    .digest('hex')
    .slice(0, 12)
  return { id, pattern }
}
