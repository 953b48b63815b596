"""The rules of wheelfix: change wheels, and use them, as hermetic and cached actions."""

load("//private:doctor_test.bzl", _wheelfix_doctor_test = "wheelfix_doctor_test")
load("//private:index.bzl", _wheelfix_index = "wheelfix_index")
load("//private:library.bzl", _wheelfix_library = "wheelfix_library")
load("//private:repair.bzl", _WheelfixRepairInfo = "WheelfixRepairInfo", _wheelfix_repair = "wheelfix_repair")
load("//private:wheel.bzl", _WheelfixWheelInfo = "WheelfixWheelInfo", _wheelfix_wheel = "wheelfix_wheel")

WheelfixRepairInfo = _WheelfixRepairInfo
WheelfixWheelInfo = _WheelfixWheelInfo
wheelfix_doctor_test = _wheelfix_doctor_test
wheelfix_index = _wheelfix_index
wheelfix_library = _wheelfix_library
wheelfix_repair = _wheelfix_repair
wheelfix_wheel = _wheelfix_wheel
