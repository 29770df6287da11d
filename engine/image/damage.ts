/** What is wrong with a picture, and where in it. */
export class Damage extends Error {
  override readonly name = 'Damage';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
