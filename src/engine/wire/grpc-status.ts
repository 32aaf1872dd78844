/** gRPC's status codes by what containerd calls their class. containerd: errdefs/grpc.go. */
const classes: Readonly<Record<number, string>> = {
  3: 'invalid argument',
  4: 'context deadline exceeded',
  5: 'not found',
  6: 'already exists',
  9: 'failed precondition',
  12: 'not implemented',
  14: 'unavailable',
};

/** The words of a status as containerd's client has them: the class stands at their end, once. FromGRPC(). */
export function wordsOfStatus(code: number, message: string): string {
  const name = classes[code] ?? 'unknown';
  return message === name || message.endsWith(`: ${name}`) ? message : `${message}: ${name}`;
}
