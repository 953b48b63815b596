#!/usr/bin/python3
# -*- coding: utf-8 -*-
"""Doc \x41
""" "more"; from __future__ import annotations; import os
