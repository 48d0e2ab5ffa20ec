"""Addresses of the clerk's pages on people."""

from django.urls import path

from workers.web import (
    certificates,
    contracts,
    edit,
    enrol,
    enrol_by_code,
    files,
    points,
    quantities,
    record,
    trainings,
)

urlpatterns = [
    path("projects/<uuid:public_id>/enrol/", enrol.Enrol.as_view(), name="enrol"),
    path(
        "projects/<uuid:public_id>/enrol/by-code/<uuid:reading>/",
        enrol_by_code.EnrolByCode.as_view(),
        name="enrol_by_code",
    ),
    path("projects/<uuid:public_id>/quantities/new/", quantities.NewQuantity.as_view(), name="quantity_new"),
    path("quantities/<uuid:public_id>/", quantities.Quantity.as_view(), name="quantity"),
    path(
        "quantities/<uuid:public_id>/correct/", quantities.CorrectQuantity.as_view(), name="quantity_correct"
    ),
    path("quantities/<uuid:public_id>/accept/", quantities.AcceptQuantity.as_view(), name="quantity_accept"),
    path("quantities/<uuid:public_id>/return/", quantities.ReturnQuantity.as_view(), name="quantity_return"),
    path("projects/<uuid:public_id>/training/", trainings.TeamTraining.as_view(), name="team_training"),
    path("projects/<uuid:public_id>/points/new/", points.OpenPoint.as_view(), name="point_new"),
    path("points/<uuid:public_id>/edit/", points.ChangePoint.as_view(), name="point_edit"),
    path("points/<uuid:public_id>/close/", points.ClosePoint.as_view(), name="point_close"),
    path("points/<uuid:public_id>/key/", points.RenewKey.as_view(), name="point_key"),
    path("certificates/", certificates.CertificateList.as_view(), name="certificates"),
    path(
        "certificates/<uuid:public_id>/change/",
        certificates.ChangeCertificate.as_view(),
        name="certificate_change",
    ),
    path("people/<uuid:public_id>/identity/", record.IdentityRecord.as_view(), name="identity_record"),
    path("people/<uuid:public_id>/edit/", edit.EditPerson.as_view(), name="edit_person"),
    path("people/<uuid:public_id>/correct/", edit.CorrectPerson.as_view(), name="correct_person"),
    path("people/<uuid:public_id>/photo/", files.PersonPhoto.as_view(), name="person_photo"),
    path("people/<uuid:public_id>/contracts/new/", contracts.NewContract.as_view(), name="new_contract"),
    path("people/<uuid:public_id>/trainings/new/", trainings.NewTraining.as_view(), name="new_training"),
    path(
        "people/<uuid:public_id>/certificates/new/",
        certificates.NewCertificate.as_view(),
        name="new_certificate",
    ),
    path(
        "people/<uuid:public_id>/pictures/<slug:which>/", files.PersonPicture.as_view(), name="person_picture"
    ),
    path("contracts/files/<uuid:public_id>/", files.ContractPage.as_view(), name="contract_file"),
    path("contracts/<uuid:public_id>/replace/", contracts.ReplaceContract.as_view(), name="replace_contract"),
    path("contracts/<uuid:public_id>/end/", contracts.EndContract.as_view(), name="end_contract"),
    path("contracts/<uuid:public_id>/scan/", files.ContractScan.as_view(), name="contract_scan"),
    path("presences/<uuid:public_id>/entry/", files.EntryVoucher.as_view(), name="entry_voucher"),
    path("presences/<uuid:public_id>/exit/", files.ExitVoucher.as_view(), name="exit_voucher"),
    path("trainings/<uuid:public_id>/replace/", trainings.ReplaceTraining.as_view(), name="replace_training"),
    path(
        "trainings/<uuid:public_id>/withdraw/", trainings.WithdrawTraining.as_view(), name="withdraw_training"
    ),
    path("trainings/<uuid:public_id>/evidence/", files.TrainingEvidence.as_view(), name="training_evidence"),
]
