x = (1_0.5e-3j,
  0x1for x in y if not\
 z)
"""no doc"""