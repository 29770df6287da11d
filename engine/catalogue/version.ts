/**
 * The version of this package, as `version` and `get_status` tell it. A constant, so that neither a
 * worker nor the main thread reads package.json while it starts; a test holds the two together.
 */
export const VERSION = '0.1.0';
