/**
 * What a client may do. Each method needs a level (`engine/catalogue`), each connection has one:
 * that of its token, or `admin` where no token is asked for.
 *
 * - `read`: look. It changes nothing and writes no file.
 * - `standard`: edit, load, save, render, export.
 * - `admin`: what concerns the daemon itself, or the work of other clients.
 */

export const LEVELS = ['read', 'standard', 'admin'] as const;

export type Level = (typeof LEVELS)[number];

/** Whoever has a level may do all that needs one of the same rank or a lower one. */
export const RANKS: Readonly<Record<Level, number>> = { read: 0, standard: 1, admin: 2 };
