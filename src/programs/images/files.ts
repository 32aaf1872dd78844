/** Short ways to write down an image's files. */
import type { ImageFile } from './image.ts';

/** The content of an executable that the kernel runs as the program of that name. */
export function executable(program: string): string {
  return `\x7fELF\x00glassdock:${program}\n`;
}

export function binary(path: string, program: string, nominalSize: number): ImageFile {
  return { type: 'file', path, content: executable(program), mode: 0o755, nominalSize };
}

export function file(path: string, content: string, mode = 0o644): ImageFile {
  return { type: 'file', path, content, mode };
}

export function directory(path: string, mode = 0o755): ImageFile {
  return { type: 'directory', path, mode };
}

export function symlink(path: string, target: string): ImageFile {
  return { type: 'symlink', path, target };
}
