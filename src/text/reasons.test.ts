import { expect, test } from 'vitest';
import { reasonFor } from './reasons.en.ts';
import { story, type StoryKey } from './story.en.ts';

/** Parts of other sentences, and what Engine and Kernel tell of single calls, messages and states. */
const isNoStory = (key: StoryKey): boolean =>
  /^(?:shell|signal\.whom-in|again\.more|outlived\..*)$/.test(key) ||
  /^(?:task\.(?:born|executes|exits|killed|reaped)|message|machine|call|namespace\.made|cgroup\.joined)\b/.test(key) ||
  /^(?:mount\.made|device\.changed)$/.test(key);

test('each sentence of the story can say why', () => {
  const keys = Object.keys(story) as StoryKey[];
  expect(keys.filter((key) => !isNoStory(key) && reasonFor(key) === undefined)).toEqual([]);
});
