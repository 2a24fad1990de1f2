import { platformRooms, sourceRooms } from './rooms.mjs';

const librariesOf = (rooms) => [...new Set(Object.values(rooms).flatMap(({ libraries = [] }) => libraries))];

/** A package, and what lies below it. */
const wholly = (libraries) => libraries.flatMap((name) => [name, `${name}/**`]);

const listed = (names, none) => (names.length === 0 ? none : `${names.join(', ')} only`);

function foreignLibraries(rooms, { libraries: own = [] }) {
  return wholly(librariesOf(rooms).filter((name) => !own.includes(name)));
}

function foreignRooms(rooms, [name, { imports }]) {
  return Object.keys(rooms).filter((other) => other !== name && !imports.includes(other));
}

const rule = (patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

/** One override for each folder of `src`: it imports what its row of the table names. */
export const sourceOverrides = Object.entries(sourceRooms).map(([name, room]) => ({
  files: [`src/${name}/**`],
  rules: rule([
    {
      group: [
        ...foreignRooms(sourceRooms, [name, room]).map((other) => `**/${other}/**`),
        '**/main.ts',
        ...(room.readsIndex === true ? [] : ['**/index.ts']),
      ],
      message: `${name} may import ${listed(room.imports, 'no other folder')}; see ARCHITECTURE.md, Rooms`,
    },
    {
      group: foreignLibraries(sourceRooms, room),
      allowTypeImports: true,
      message: 'each third-party library has one folder; see ARCHITECTURE.md, Rooms',
    },
  ]),
}));

const outside = {
  group: ['**/src/**', '../../*.ts', '../../../**'],
  message: "apis/_platform/ imports 'api-deploy', packages, and its own folders",
};

/** The same for the folders of the test platform, and what all of `apis` may not import. */
export const apisOverrides = [
  {
    files: ['apis/**'],
    rules: rule([
      {
        group: ['**/src/**', '../**', '!./_*/**'],
        message: "apis/ imports 'api-deploy', packages, and its own _ folders",
      },
    ]),
  },
  { files: ['apis/_platform/**'], rules: rule([outside]) },
  ...Object.entries(platformRooms).map(([name, room]) => {
    const others = foreignRooms(platformRooms, [name, room]);
    return {
      files: [`apis/_platform/${name}/**`],
      rules: rule([
        // One folder deeper than what lies in `_platform` itself.
        { ...outside, group: ['**/src/**', '../../*.ts', '../../../../**'] },
        {
          group: ['..', '../..'].flatMap((up) => others.map((other) => `${up}/${other}/**`)),
          message: `${name} may import ${listed(room.imports, 'no other room')}; see ARCHITECTURE.md, The test platform`,
        },
        {
          group: foreignLibraries(platformRooms, room),
          allowTypeImports: true,
          message: 'each third-party library has its rooms; see ARCHITECTURE.md, The test platform',
        },
      ]),
    };
  }),
];
