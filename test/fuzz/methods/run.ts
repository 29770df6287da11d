export async function runMethods(_args: readonly string[]): Promise<void> {}
