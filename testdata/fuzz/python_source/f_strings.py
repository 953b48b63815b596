x = f"{d["k"]:{w}>{f'{x!r}'}}{{\N{BULLET}}}" rf'\{x:=5}' t"""{
  y  # comment }
}"""
