/*
 * The few globals that browsers, workers and Node all have and that are the same function of their arguments
 * everywhere. The layers below the screen compile without DOM and without Node, so what they may use beyond the
 * language is named here.
 */

interface TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare const TextEncoder: { new (): TextEncoder };

interface TextDecoder {
  decode(bytes?: Uint8Array, options?: { readonly stream?: boolean }): string;
}
declare const TextDecoder: { new (label?: 'utf-8', options?: { readonly fatal?: boolean }): TextDecoder };

interface ReadableStream<T> {
  getReader(): { read(): Promise<{ readonly done: boolean; readonly value: T | undefined }>; releaseLock(): void };
}
declare const ReadableStream: {
  new <T>(source: {
    start(controller: { enqueue(chunk: T): void; close(): void }): void;
    cancel(): void;
  }): ReadableStream<T>;
};

interface WritableStream<T> {
  getWriter(): { write(chunk: T): Promise<void>; close(): Promise<void>; releaseLock(): void };
}
declare const WritableStream: {
  new <T>(sink: { write(chunk: T): void }): WritableStream<T>;
};
