/// Links: programs as fragments of addresses. See README.md.

export { crc32 as checksum } from './bytes'
export { adviceOf, type Advice } from './advice'
export { DEFAULTS, MOST_NAME, MOST_NAMES, fingerprint, isVersion, type LinkDocument, type LinkView } from './document'
export { FORMS, formOf, type Form, type Shared } from './forms'
export { MOST_BYTES, MOST_CHARACTERS, decodeLink, encodeLink } from './link'
export { LINK_WORDS, LinkError, type LinkCode, type LinkWords } from './problem'
