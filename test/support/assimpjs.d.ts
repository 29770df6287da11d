/** What of assimpjs is used; it has no types of its own. */
declare module 'assimpjs' {
  interface Result {
    IsSuccess(): boolean;
    GetErrorCode(): string;
    GetFile(index: number): { GetContent(): Uint8Array };
  }
  interface Assimp {
    readonly FileList: new () => { AddFile(name: string, bytes: Uint8Array): void };
    ConvertFileList(files: object, format: string): Result;
  }
  export default function assimpjs(): Promise<Assimp>;
}
