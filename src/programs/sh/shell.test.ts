import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

test('probe', () => {
  const s = stage();
  for (const script of ['echo hi', 'echo a | cat', 'x=1; echo $((x+2)) "$x" ${y:-z}', 'for i in 1 2 3; do echo $i; done', 'nosuch; echo $?', '(exit 3); echo $?', 'echo $(echo in; echo x)', 'cat <<E\nhi $HOME\nE', 'while :; do break; done; f() { echo f $1; }; f q']) {
    console.log(JSON.stringify(script), JSON.stringify(s.sh(script)));
  }
  expect(1).toBe(1);
});
