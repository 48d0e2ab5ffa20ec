from django.urls import path

from web import account

urlpatterns = [
    path("sign-in/", account.SignIn.as_view(), name="sign_in"),
    path("sign-out/", account.sign_out, name="sign_out"),
    path("password/", account.ChangePassword.as_view(), name="password"),
]
