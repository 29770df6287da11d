/**
 * Numbers of blocks up to Minecraft 1.12, which MCEdit's schematics have
 * (https://minecraft.wiki/w/Java_Edition_data_values/Pre-flattening), under the names of today.
 */

import { DYES } from './block-list.ts';

/**
 * `id name name …`, a name for each value of the data, of which `id&mask` heeds some bits only. A
 * name with `*` stands for all sixteen dyes.
 */
const IDS = `
0 air
1 stone granite polished_granite diorite polished_diorite andesite polished_andesite
2 grass_block
3 dirt coarse_dirt podzol
4 cobblestone
5 oak_planks spruce_planks birch_planks jungle_planks acacia_planks dark_oak_planks
6&7 oak_sapling spruce_sapling birch_sapling jungle_sapling acacia_sapling dark_oak_sapling
7 bedrock
8 water
9 water
10 lava
11 lava
12 sand red_sand
13 gravel
14 gold_ore
15 iron_ore
16 coal_ore
17&3 oak_log spruce_log birch_log jungle_log
18&3 oak_leaves spruce_leaves birch_leaves jungle_leaves
19 sponge wet_sponge
20 glass
21 lapis_ore
22 lapis_block
23 dispenser
24 sandstone chiseled_sandstone cut_sandstone
25 note_block
26 red_bed
27 powered_rail
28 detector_rail
29 sticky_piston
30 cobweb
31 dead_bush short_grass fern
32 dead_bush
33 piston
34 piston_head
35 *_wool
36 moving_piston
37 dandelion
38 poppy blue_orchid allium azure_bluet red_tulip orange_tulip white_tulip pink_tulip oxeye_daisy
39 brown_mushroom
40 red_mushroom
41 gold_block
42 iron_block
43 smooth_stone sandstone oak_planks cobblestone bricks stone_bricks nether_bricks quartz_block
  smooth_stone smooth_sandstone oak_planks cobblestone bricks stone_bricks nether_bricks
  smooth_quartz
44&7 smooth_stone_slab sandstone_slab oak_slab cobblestone_slab brick_slab stone_brick_slab
  nether_brick_slab quartz_slab
45 bricks
46 tnt
47 bookshelf
48 mossy_cobblestone
49 obsidian
50 torch
51 fire
52 spawner
53 oak_stairs
54 chest
55 redstone_wire
56 diamond_ore
57 diamond_block
58 crafting_table
59 wheat
60 farmland
61 furnace
62 furnace
63 oak_sign
64 oak_door
65 ladder
66 rail
67 cobblestone_stairs
68 oak_wall_sign
69 lever
70 stone_pressure_plate
71 iron_door
72 oak_pressure_plate
73 redstone_ore
74 redstone_ore
75 redstone_torch
76 redstone_torch
77 stone_button
78 snow
79 ice
80 snow_block
81 cactus
82 clay
83 sugar_cane
84 jukebox
85 oak_fence
86 pumpkin
87 netherrack
88 soul_sand
89 glowstone
90 nether_portal
91 jack_o_lantern
92 cake
93 repeater
94 repeater
95 *_stained_glass
96 oak_trapdoor
97 infested_stone infested_cobblestone infested_stone_bricks infested_mossy_stone_bricks
  infested_cracked_stone_bricks infested_chiseled_stone_bricks
98 stone_bricks mossy_stone_bricks cracked_stone_bricks chiseled_stone_bricks
99 brown_mushroom_block
100 red_mushroom_block
101 iron_bars
102 glass_pane
103 melon
104 pumpkin_stem
105 melon_stem
106 vine
107 oak_fence_gate
108 brick_stairs
109 stone_brick_stairs
110 mycelium
111 lily_pad
112 nether_bricks
113 nether_brick_fence
114 nether_brick_stairs
115 nether_wart
116 enchanting_table
117 brewing_stand
118 cauldron
119 end_portal
120 end_portal_frame
121 end_stone
122 dragon_egg
123 redstone_lamp
124 redstone_lamp
125&7 oak_planks spruce_planks birch_planks jungle_planks acacia_planks dark_oak_planks
126&7 oak_slab spruce_slab birch_slab jungle_slab acacia_slab dark_oak_slab
127 cocoa
128 sandstone_stairs
129 emerald_ore
130 ender_chest
131 tripwire_hook
132 tripwire
133 emerald_block
134 spruce_stairs
135 birch_stairs
136 jungle_stairs
137 command_block
138 beacon
139 cobblestone_wall mossy_cobblestone_wall
140 flower_pot
141 carrots
142 potatoes
143 oak_button
144 skeleton_skull
145 anvil
146 trapped_chest
147 light_weighted_pressure_plate
148 heavy_weighted_pressure_plate
149 comparator
150 comparator
151 daylight_detector
152 redstone_block
153 nether_quartz_ore
154 hopper
155 quartz_block chiseled_quartz_block quartz_pillar quartz_pillar quartz_pillar
156 quartz_stairs
157 activator_rail
158 dropper
159 *_terracotta
160 *_stained_glass_pane
161&1 acacia_leaves dark_oak_leaves
162&1 acacia_log dark_oak_log
163 acacia_stairs
164 dark_oak_stairs
165 slime_block
166 barrier
167 iron_trapdoor
168 prismarine prismarine_bricks dark_prismarine
169 sea_lantern
170 hay_block
171 *_carpet
172 terracotta
173 coal_block
174 packed_ice
175&7 sunflower lilac tall_grass large_fern rose_bush peony
176 white_banner
177 white_wall_banner
178 daylight_detector
179 red_sandstone chiseled_red_sandstone cut_red_sandstone
180 red_sandstone_stairs
181&7 red_sandstone
182&7 red_sandstone_slab
183 spruce_fence_gate
184 birch_fence_gate
185 jungle_fence_gate
186 dark_oak_fence_gate
187 acacia_fence_gate
188 spruce_fence
189 birch_fence
190 jungle_fence
191 dark_oak_fence
192 acacia_fence
193 spruce_door
194 birch_door
195 jungle_door
196 acacia_door
197 dark_oak_door
198 end_rod
199 chorus_plant
200 chorus_flower
201 purpur_block
202 purpur_pillar
203 purpur_stairs
204 purpur_block
205 purpur_slab
206 end_stone_bricks
207 beetroots
208 dirt_path
209 end_gateway
210 repeating_command_block
211 chain_command_block
212 frosted_ice
213 magma_block
214 nether_wart_block
215 red_nether_bricks
216 bone_block
217 structure_void
218 observer
251 *_concrete
252 *_concrete_powder
255 structure_block`;

/** The first of the shulker boxes and of the glazed terracottas, which have an id for each dye. */
const SHULKER_BOX = 219;
const GLAZED = 235;

interface Entry {
  readonly mask: number;
  readonly names: readonly string[];
}

const dyes = DYES.split(' ');
const entries = new Map<number, Entry>();
for (const line of IDS.trim().split(/\n(?=\d)/)) {
  const [key = '', ...listed] = line.split(/\s+/);
  const [id = '', mask = '15'] = key.split('&');
  const names = listed.flatMap((name) =>
    name.includes('*') ? dyes.map((dye) => name.replace('*', dye)) : [name],
  );
  entries.set(Number(id), { mask: Number(mask), names });
}
for (const [i, dye] of dyes.entries()) {
  entries.set(SHULKER_BOX + i, { mask: 0, names: [`${dye}_shulker_box`] });
  entries.set(GLAZED + i, { mask: 0, names: [`${dye}_glazed_terracotta`] });
}

/** The name of a block by its number and its data; undefined for a number that no block has. */
export function legacyName(id: number, data: number): string | undefined {
  const entry = entries.get(id);
  return entry && (entry.names[data & entry.mask] ?? entry.names[0]);
}

/** Number and data of each block that has them, by its name. */
export function legacyNumbers(): Map<string, { readonly id: number; readonly data: number }> {
  const numbers = new Map<string, { id: number; data: number }>();
  for (const [id, { names }] of entries) {
    for (const [data, name] of names.entries()) {
      if (!numbers.has(name)) numbers.set(name, { id, data });
    }
  }
  return numbers;
}
