/**
 * What the layers below the screen never say, and what they say instead. The same seed and inputs must give the same
 * journal to the byte, in Node and in every browser, however time is cut up; each of these words would let the real
 * clock, real chance or the reader's country in. Node and the page need no word here: below the screen the compiler
 * knows neither (tsconfig.machine.json).
 */
export const bannedGlobals: Readonly<Record<string, string>> = {
  Date: 'ask the kernel for its virtual clock; to show a date, count from the constant date of boot',
  performance: "ask the kernel for its virtual clock; real durations are the benchmark's business",
  setTimeout: "put the event into the kernel's queue at its virtual time",
  setInterval: "put the event into the kernel's queue at its virtual time, anew each time",
  setImmediate: "put the event into the kernel's queue at the present virtual time",
  queueMicrotask: "put the event into the kernel's queue at the present virtual time",
  requestAnimationFrame: "put the event into the kernel's queue; pictures are drawn by stage and panels",
  Promise: 'write a generator that yields system calls; the kernel wakes it',
  console: 'record an event in the journal, or return the sentence',
  Intl: 'format with a rule of your own: every country must get the same bytes',
  crypto: "draw from the kernel's seeded generator",
  globalThis: 'name the global itself, so that this rule can see it',
  WeakRef: 'hold the object: when memory is collected must not be seen',
  FinalizationRegistry: 'hold the object: when memory is collected must not be seen',
};

/** Likewise for members; `Math.random` is asked for with its object, the others on any. */
export const bannedMembers: Readonly<Record<string, string>> = {
  'Math.random': "draw from the kernel's seeded generator",
  toLocaleString: 'use toString or a rule of your own: every country must get the same bytes',
  toLocaleDateString: 'use a rule of your own: every country must get the same bytes',
  toLocaleTimeString: 'use a rule of your own: every country must get the same bytes',
  toLocaleUpperCase: 'use toUpperCase',
  toLocaleLowerCase: 'use toLowerCase',
  localeCompare: 'compare with < and >, which order by code unit everywhere',
};

/** Messages for `async` and `await`, which are syntax. */
export const bannedAsync = 'write a generator that yields system calls; the kernel wakes it';
