/** `docker history`. docker: cli/command/image/history.go, formatter_history.go. */
import type { Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { humanDuration } from '../dockerd/human-duration.ts';
import { rfc3339 } from '../timestamp.ts';
import type { DockerCommand } from './arguments.ts';
import { callJson, target } from './client.ts';
import type { DockerClient } from './client.ts';
import { shortened } from './ellipsis.ts';
import { printList } from './list-output.ts';
import { boolFlag, stringFlag } from './pflag.ts';
import { humanSize } from './size.ts';

interface HistoryLine {
  readonly Id: string;
  readonly Created: number;
  readonly CreatedBy: string;
  readonly Size: number;
  readonly Comment: string;
}

const headers = {
  Comment: 'COMMENT',
  CreatedAt: 'CREATED AT',
  CreatedBy: 'CREATED BY',
  CreatedSince: 'CREATED',
  ID: 'IMAGE',
  Size: 'SIZE',
};

export function* historyCommand(docker: DockerClient, { flags, args }: DockerCommand): Running {
  const lines = yield* callJson<readonly HistoryLine[]>(docker, {
    method: 'GET',
    target: target(`/images/${args[0] ?? ''}/history`),
  });
  const { seconds } = yield* sys.realtime();
  const isWhole = boolFlag(flags, 'no-trunc');
  const isHuman = boolFlag(flags, 'human');
  const rows = lines.map(({ Id, Created, CreatedBy, Size, Comment }) => {
    const moment = rfc3339(Created, 0);
    const by = CreatedBy.replaceAll('\t', ' ');
    return {
      Comment,
      CreatedAt: moment,
      CreatedBy: isWhole ? by : shortened(by, 45),
      CreatedSince: isHuman ? `${humanDuration(seconds - Created)} ago` : moment,
      ID: isWhole ? Id : Id.replace(/^sha256:/, '').slice(0, 12),
      Size: isHuman ? humanSize(Size, 3) : String(Size),
    };
  });
  return yield* printList(rows, {
    format: stringFlag(flags, 'format'),
    quiet: boolFlag(flags, 'quiet'),
    usual: '{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}',
    headers,
    id: (row) => row['ID'] ?? '',
    typeName: '*image.historyContext',
  });
}
