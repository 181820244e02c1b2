import {Option} from 'commander';

/** Which course a command works on: an instructor's own folder with exercises/ and solutions/, snapgrid's own where none is named. */
export function courseOption(): Option {
  return new Option('--course <folder>', "an instructor's own course: a folder with exercises/, solutions/ and notebooks/");
}
