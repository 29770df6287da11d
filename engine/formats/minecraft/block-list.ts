/**
 * Colours of Minecraft's blocks as they look from afar, chosen by hand: whole families by dye and
 * by wood, and the rest one by one. Entries are `name=RRGGBB`, or `RRGGBBAA` where one sees
 * through.
 */

/** The sixteen dyes, and what they make of each of these families. */
export const DYES =
  'white orange magenta light_blue yellow lime pink gray light_gray cyan purple blue brown green' +
  ' red black';

/** For each family the name, `*` for the dye, and a colour for each dye. */
export const DYED: Readonly<Record<string, string>> = {
  '*_wool':
    'e9ecec f07613 bd44b3 3aafd9 f8c627 70b919 ed8dac 3e4447 8e8e86 158991 792aac 35399d 724728' +
    ' 546d1b a12722 141519',
  '*_concrete':
    'cfd5d6 e06100 a9309f 2389c6 f0af15 5ea818 d5658e 36393d 7d7d73 157788 641f9c 2c2e8f 603b1f' +
    ' 495b24 8e2020 080a0f',
  '*_concrete_powder':
    'e1e3e3 e3831f c053b8 4ab4d5 e8c736 7dbd29 e499b5 4c5154 9a9a94 24939d 8337b1 4649a6 7d5435' +
    ' 61772c a83632 191a1f',
  '*_terracotta':
    'd1b2a1 a15325 95586c 716c89 ba8523 677535 a14e4e 392a23 876a61 565b5b 764656 4a3b5b 4d3323' +
    ' 4c532a 8f3d2e 251610',
  '*_glazed_terracotta':
    'bcd4ca 9a935b d064bf 5ea4d0 eac058 a2c537 eb9ab5 535a5d 90a6a7 34767d 6d3098 2f408b 776a55' +
    ' 758e43 b53b35 431e20',
  '*_stained_glass':
    'ffffffa0 d87f33a0 b24cd8a0 6699d8a0 e5e533a0 7fcc19a0 f27fa5a0 4c4c4ca0 999999a0 4c7f99a0' +
    ' 7f3fb2a0 334cb2a0 664c33a0 667f33a0 993333a0 191919a0',
  '*_shulker_box':
    'd8dddd eb6a0b ad36a4 31a4d4 f8bd1d 64ad17 e67a9e 373a3e 7c7c73 147988 67209c 2c2e8c 6a4224' +
    ' 4f6420 8c1f1e 19191e',
};

/** Of each wood: planks, the bark of its logs, what is under that, and its leaves. */
export const WOODS: Readonly<Record<string, string>> = {
  oak: 'a2824e 6d5532 b1905a 4a7a26',
  spruce: '725430 3a2510 73592e 3f6340',
  birch: 'c0af79 d8d7d2 c4b077 5f8042',
  jungle: 'a07350 554319 ab8454 3a8220',
  acacia: 'a85a32 676056 ae5c3b 55802a',
  dark_oak: '422b14 3c2e1a 604c31 3d6b1c',
  mangrove: '753630 534229 773630 58802c',
  cherry: 'e2b2ac 36202b d79194 e5adc2',
  pale_oak: 'e3d9d8 584c49 f5eeed 74796f',
  bamboo: 'c1ad50 7f8f3a bda84e 5d8a26',
  crimson: '653046 5c191d 893a5a 720302',
  warped: '2b6863 3a3a4d 398f8f 167779',
};

export const PLAIN = `
  stone=7d7d7d granite=956755 polished_granite=9a6a59 diorite=bcbcbc polished_diorite=c0c1c2
  andesite=888888 polished_andesite=848685 cobblestone=7f7f7f mossy_cobblestone=6e765e
  stone_bricks=7a7979 mossy_stone_bricks=737969 cracked_stone_bricks=767576
  chiseled_stone_bricks=777676 smooth_stone=9e9e9e bedrock=555555 deepslate=505052
  cobbled_deepslate=4d4d50 polished_deepslate=484849 deepslate_bricks=464647
  deepslate_tiles=363637 chiseled_deepslate=363636 cracked_deepslate_bricks=404041
  cracked_deepslate_tiles=343434 reinforced_deepslate=666d64 tuff=6c6d66 polished_tuff=616863
  tuff_bricks=62665f chiseled_tuff=595e58 calcite=dfe0dc dripstone_block=866b5c
  pointed_dripstone=826656 blackstone=2a2328 polished_blackstone=353038
  polished_blackstone_bricks=302a32 chiseled_polished_blackstone=353038
  cracked_polished_blackstone_bricks=2c262c gilded_blackstone=372a26 basalt=505156
  polished_basalt=636363 smooth_basalt=48484e end_stone=dbde9e end_stone_bricks=dae0a2
  obsidian=0f0a18 crying_obsidian=200a3c netherrack=612626 nether_bricks=2c151a
  cracked_nether_bricks=28141a chiseled_nether_bricks=2f171c red_nether_bricks=450709
  soul_sand=513e32 soul_soil=4b392e magma_block=8e3f1f glowstone=ab8353 shroomlight=f09246
  sandstone=d8cb9b smooth_sandstone=e0d6aa cut_sandstone=d9ce9f chiseled_sandstone=d7ca9b
  red_sandstone=ba631d smooth_red_sandstone=b5611f cut_red_sandstone=bd651f
  chiseled_red_sandstone=b7601b bricks=966153 mud=3c393c packed_mud=8e6a4f mud_bricks=89684f
  muddy_mangrove_roots=46382d prismarine=639c97 prismarine_bricks=63aba0 dark_prismarine=335b4b
  sea_lantern=acc7be quartz_block=ebe5de smooth_quartz=ece6df quartz_bricks=eae5dd
  quartz_pillar=ebe6e0 chiseled_quartz_block=e7e2d9 purpur_block=a97da9 purpur_pillar=ab81ab
  resin_block=d9641c resin_bricks=ce5818 terracotta=985e43
  grass_block=6b9b40 dirt=866043 coarse_dirt=77553b rooted_dirt=906849 podzol=5c3f18
  mycelium=6f6265 dirt_path=947a41 grass_path=947a41 farmland=8f6646 clay=a0a6b3 sand=dbcfa3
  suspicious_sand=d9cc9e red_sand=be6621 gravel=837f7e suspicious_gravel=827d7b
  snow_block=f9fefe snow=f9fefe powder_snow=f8fdfd ice=91b7fdc0 frosted_ice=8cb4fcc0
  packed_ice=8db4fa blue_ice=74a7fd moss_block=596d2d moss_carpet=596d2d pale_moss_block=6b706a
  sculk=0c1d24 sculk_sensor=074654 sculk_catalyst=0f1f26 sculk_shrieker=c7cdaa
  iron_block=dcdcdc gold_block=f6d03d diamond_block=62ede4 emerald_block=2acb57
  lapis_block=1e438c redstone_block=af1805 coal_block=101010 netherite_block=423d3f
  amethyst_block=8561bf budding_amethyst=8460ba amethyst_cluster=a37ecf raw_iron_block=a6876b
  raw_copper_block=9a694f raw_gold_block=dda92e ancient_debris=5f423a copper_block=c06b4f
  exposed_copper=a17d67 weathered_copper=6c996e oxidized_copper=52a284 cut_copper=bf6a50
  exposed_cut_copper=9a7965 weathered_cut_copper=6d916b oxidized_cut_copper=4f997e
  coal_ore=696969 iron_ore=88817a copper_ore=7c7d78 gold_ore=918569 redstone_ore=8c6d6d
  emerald_ore=6c8873 lapis_ore=6b7585 diamond_ore=798d8c nether_gold_ore=73362a
  nether_quartz_ore=75413e deepslate_coal_ore=4a4a4c deepslate_iron_ore=6a635e
  deepslate_copper_ore=5c5d59 deepslate_gold_ore=73664e deepslate_redstone_ore=684949
  deepslate_emerald_ore=4e6857 deepslate_lapis_ore=4f5a73 deepslate_diamond_ore=536a6a
  cactus=557f2b melon=6f911e pumpkin=c67618 carved_pumpkin=96541b jack_o_lantern=d6981f
  hay_block=a68b0c honeycomb_block=e5941d honey_block=fbb936c8 slime_block=6fc05bc8
  bee_nest=caa04a beehive=9e7b4a sponge=c3c04a wet_sponge=aab546 bookshelf=755e3b
  chiseled_bookshelf=b19058 crafting_table=81613e furnace=6e6d6d blast_furnace=6b6a6b
  smoker=6a5a4a chest=a2731f trapped_chest=a2731f ender_chest=2c3e40 barrel=866439
  lectern=ad8857 loom=8e7657 cartography_table=67573f fletching_table=c4a883
  smithing_table=39393e stonecutter=7b7671 grindstone=8c8c8c composter=704522 anvil=484848
  hopper=4b4a4b cauldron=4a494a brewing_stand=7a6451 tnt=db441a note_block=583a28
  jukebox=5d402f dispenser=7a7a7a dropper=7a7979 observer=626262 crafter=706364
  piston=6a665f piston_head=997f55 sticky_piston=6a665f moving_piston=6a665f
  redstone_lamp=5f371e lantern=6a5b53 soul_lantern=486372 torch=8a6a3b wall_torch=8a6a3b
  soul_torch=6d7370 redstone_torch=ac4d35 redstone_wire=a00000 repeater=a09d9c
  comparator=a5a3a0 lever=6f5d43 tripwire=818181 tripwire_hook=867a67 daylight_detector=82745e
  glass=c8e6eba0 tinted_glass=2c262da0 iron_bars=888b86 chain=333a4a scaffolding=aa8449
  ladder=7c613a rail=7d6f58 powered_rail=8a6e49 detector_rail=7b6758 activator_rail=73574a
  cobweb=e4e9ea vine=4f7a28 lily_pad=2f7a1f short_grass=6b9b40 grass=6b9b40 tall_grass=6b9b40
  fern=5f8b3b large_fern=5f8b3b dead_bush=6b4f29 seagrass=337f08 tall_seagrass=337f08
  kelp=57812c kelp_plant=57812c sea_pickle=5a6128 sugar_cane=94c065 dandelion=cfc21f
  poppy=a8301f blue_orchid=2fa2a8 allium=9f85cb azure_bluet=a9cc7f red_tulip=b12a17
  orange_tulip=cf7a1d white_tulip=b5c7ad pink_tulip=c79fb0 oxeye_daisy=b3ca8f
  cornflower=5078c4 lily_of_the_valley=c3ddb3 wither_rose=292d17 torchflower=b58a3a
  sunflower=d8b424 lilac=9a7d92 rose_bush=83421f peony=a78aa0 pink_petals=f4b3d0
  spore_blossom=cf619f azalea=667d30 flowering_azalea=707a40 azalea_leaves=5a732c
  flowering_azalea_leaves=646f3d big_dripleaf=708e34 small_dripleaf=5f7836 glow_lichen=708379
  hanging_roots=a1735c mangrove_roots=4b3c27 wheat=a6975b carrots=52801a potatoes=547d24
  beetroots=5b8b27 melon_stem=998c1a pumpkin_stem=998c1a sweet_berry_bush=2f5e3a cocoa=7d6f3a
  nether_wart=6f1215 cave_vines=5a6b2a cave_vines_plant=5a6b2a bamboo=5d9013
  bamboo_sapling=5d9013 brown_mushroom=99745c red_mushroom=d84b43
  brown_mushroom_block=956f51 red_mushroom_block=c82e2d mushroom_stem=cbc4b9
  nether_wart_block=720302 warped_wart_block=167779 crimson_nylium=831f1f
  warped_nylium=2b7265 crimson_fungus=8d2c1e warped_fungus=4a6d57 crimson_roots=7e082a
  warped_roots=148a7c nether_sprouts=139785 weeping_vines=690100 weeping_vines_plant=690100
  twisting_vines=148f7c twisting_vines_plant=148f7c chorus_plant=5d395d chorus_flower=977897
  tube_coral_block=315bcf brain_coral_block=cf5b9f bubble_coral_block=a51aa2
  fire_coral_block=a3232e horn_coral_block=d8c842 dead_tube_coral_block=827b77
  dead_brain_coral_block=7c7571 dead_bubble_coral_block=847c78 dead_fire_coral_block=847c77
  dead_horn_coral_block=867e7a water=3f76e4b0 flowing_water=3f76e4b0 bubble_column=3f76e4b0
  lava=cf5b13 flowing_lava=cf5b13 fire=d38b2c soul_fire=33c1c5 nether_portal=570fbec8
  end_portal=0a1014 end_gateway=0a1014 end_portal_frame=5b7961 shulker_box=8b618b
  beacon=76ddd7 conduit=9f8b71 bone_block=e1ddca dried_kelp_block=323c24 target=e2aa9e
  lodestone=939599 respawn_anchor=211637 enchanting_table=80514a end_rod=e6e0d6
  dragon_egg=0c0910 spawner=242f3e trial_spawner=3a4a53 vault=3b4a52 command_block=b58868
  chain_command_block=84a597 repeating_command_block=816fb0 structure_block=594a5a
  jigsaw=50465a bell=fdeb6f campfire=6e563a soul_campfire=4f5f5f candle=e8cc99 cake=f8dede
  flower_pot=7c4535 decorated_pot=8c5440 turtle_egg=e4e3bf sniffer_egg=7f7f4f frogspawn=6a5a52
  heavy_core=51565d ochre_froglight=f7e9b5 verdant_froglight=d3ebd0 pearlescent_froglight=ebe0e4
  skeleton_skull=b9b9b0 wither_skeleton_skull=2f2f2f zombie_head=4a6b3a player_head=8a5a44
  creeper_head=5fa455 dragon_head=1a1a1e piglin_head=d3936b light_weighted_pressure_plate=f6d03d
  heavy_weighted_pressure_plate=dcdcdc`;

/** What is there and cannot be seen. */
export const AIR = new Set([
  'air',
  'cave_air',
  'void_air',
  'structure_void',
  'barrier',
  'light',
  'light_block',
]);

/** Whole, solid, plain blocks that stay where they are put, of the game from 1.16 on. */
export const BUILDING = `
  stone granite polished_granite diorite polished_diorite andesite polished_andesite cobblestone
  mossy_cobblestone stone_bricks mossy_stone_bricks smooth_stone blackstone polished_blackstone
  polished_blackstone_bricks polished_basalt end_stone end_stone_bricks obsidian crying_obsidian
  netherrack nether_bricks red_nether_bricks soul_soil glowstone shroomlight smooth_sandstone
  cut_sandstone smooth_red_sandstone cut_red_sandstone bricks prismarine prismarine_bricks
  dark_prismarine sea_lantern quartz_block quartz_bricks purpur_block terracotta dirt coarse_dirt
  clay snow_block packed_ice blue_ice iron_block gold_block diamond_block emerald_block
  lapis_block redstone_block coal_block netherite_block honeycomb_block sponge bone_block
  nether_wart_block warped_wart_block brown_mushroom_block red_mushroom_block mushroom_stem
  oak_planks spruce_planks birch_planks jungle_planks acacia_planks dark_oak_planks
  crimson_planks warped_planks oak_wood spruce_wood birch_wood jungle_wood acacia_wood
  dark_oak_wood stripped_oak_wood stripped_spruce_wood stripped_birch_wood stripped_jungle_wood
  stripped_acacia_wood stripped_dark_oak_wood crimson_hyphae warped_hyphae glass`;
