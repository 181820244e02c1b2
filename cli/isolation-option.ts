import {Option} from 'commander';

/** How submissions are kept from everything else. */
export function isolationOption(): Option {
  return new Option('--isolation <kind>', 'process runs submissions without walls, with your own rights; every report says so')
    .choices(['bubblewrap', 'process'])
    .default('bubblewrap');
}
